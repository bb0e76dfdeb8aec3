// The list of messages: bubbles, formatting, attachments, inline keyboards.
import { avatar, bytes, clock, day, el, icon } from './telegram-parts.js'

const TAGS = {
  bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre', blockquote: 'blockquote',
  expandable_blockquote: 'blockquote', spoiler: 'span.tg-spoiler',
}

// Tall pictures are narrow, so that they fit the screen; the bubble is as wide as its picture.
function photoWidth({ width, height }) {
  return Math.round(Math.max(150, Math.min(280, width && height ? (320 * width) / height : 280)))
}

export class ChatList {
  // `phone` gives words, files and what happens when something is pressed.
  constructor(phone) {
    this.phone = phone
    this.nodes = new Map()
    this.node = el('div.tg-messages', { role: 'log' })
    this.lastSeen = null
  }

  show(chat) {
    const bottom = this.isAtBottom()
    const wanted = []
    let date = ''
    let previous = null
    const messages = chat.messages
    messages.forEach((message, index) => {
      const label = day(message.date, chat.person.language_code, this.phone.say)
      if (label !== date) {
        wanted.push(this.keyed('day ' + label, label, () => el('div.tg-day', {}, el('span', {}, label))))
        previous = null
        date = label
      }
      const next = messages[index + 1]
      const last = !next || next.from_bot !== message.from_bot || next.service
      const key = JSON.stringify([message, last, previous])
      wanted.push(this.keyed('message ' + message.id, key, () => this.message(message, last, chat)))
      previous = message.from_bot
    })
    if (chat.typing) wanted.push(this.keyed('typing', 'typing', () => this.typing()))
    this.place(wanted)
    const newest = messages.length ? messages[messages.length - 1].id : 0
    if (bottom || this.lastSeen === null || newest > this.lastSeen) this.scrollDown()
    this.lastSeen = newest
  }

  isAtBottom() {
    const box = this.node
    return box.scrollHeight - box.scrollTop - box.clientHeight < 60
  }

  scrollDown() {
    const down = () => { this.node.scrollTop = this.node.scrollHeight }
    down()
    requestAnimationFrame(down)
    for (const image of this.node.querySelectorAll('img')) if (!image.complete) image.addEventListener('load', down, { once: true })
  }

  // Keeps the node of an unchanged message, so that nothing flickers.
  keyed(id, key, make) {
    const kept = this.nodes.get(id)
    if (kept && kept.key === key) return { id, ...kept }
    const node = make()
    if (kept) node.classList.add('tg-changed')
    else if (this.lastSeen !== null) node.classList.add('tg-new')
    return { id, key, node }
  }

  place(wanted) {
    this.nodes = new Map(wanted.map(({ id, key, node }) => [id, { key, node }]))
    const nodes = wanted.map(({ node }) => node)
    for (const old of [...this.node.children]) if (!nodes.includes(old)) old.remove()
    nodes.forEach((node, index) => {
      if (this.node.children[index] !== node) this.node.insertBefore(node, this.node.children[index] || null)
    })
  }

  message(message, last, chat) {
    if (message.service) {
      const text = message.service === 'write_access_allowed' ? this.phone.say.wrote : this.phone.say.data
      return el('div.tg-day.tg-service', {}, el('span', {}, text))
    }
    const side = message.from_bot ? 'tg-in' : 'tg-out'
    const row = el(`div.tg-message.${side}${last ? '.tg-last' : ''}`)
    row.dataset.messageId = message.id
    const bubble = el('div.tg-bubble')
    const quoted = message.reply_to && chat.messages.find((other) => other.id === message.reply_to)
    if (quoted) bubble.append(this.quote(quoted, chat))
    if (message.photo) bubble.append(this.photo(message.photo))
    if (message.document) bubble.append(this.document(message.document))
    if (message.contact) bubble.append(this.contact(message.contact))
    if (message.text) bubble.append(el('div.tg-text', { dir: 'auto' }, this.formatted(message)))
    bubble.append(this.foot(message))
    if (message.photo) bubble.style.width = photoWidth(message.photo) + 'px'
    bubble.classList.toggle('tg-only-photo', !!message.photo && !message.text)
    row.append(bubble)
    if (message.buttons.length) row.append(this.buttons(message))
    return row
  }

  foot(message) {
    return el('span.tg-foot', {},
      message.edited ? el('span', {}, this.phone.say.edited) : null,
      el('time', {}, clock(message.date)),
      message.from_bot ? null : icon('ticks'))
  }

  quote(message, chat) {
    const who = message.from_bot ? this.phone.chat.bot.name : chat.person.first_name
    const text = message.text || (message.photo ? this.phone.say.photo : this.phone.say.file)
    return el('div.tg-quote', {}, el('b', {}, who), el('span', {}, text.split('\n')[0]))
  }

  photo(photo) {
    const ratio = photo.width && photo.height ? `${photo.width}/${photo.height}` : '4/3'
    const url = this.phone.url('files/' + photo.id)
    const image = el('img', { src: url, alt: this.phone.say.photo, style: `aspect-ratio:${ratio}` })
    return el('a.tg-photo', { href: url, target: '_blank', rel: 'noopener' }, image)
  }

  document(file) {
    const name = file.name || this.phone.say.file
    const kind = (name.includes('.') ? name.split('.').pop() : '').slice(0, 4)
    return el('a.tg-document', { href: this.phone.url('files/' + file.id), target: '_blank', rel: 'noopener' },
      el('span.tg-document-icon', {}, icon('file'), el('i', {}, kind)),
      el('span.tg-document-text', {}, el('b', {}, name), el('span', {}, bytes(file.size, this.phone.language))))
  }

  contact(contact) {
    const phone = contact.phone.startsWith('+') ? contact.phone : '+' + contact.phone
    return el('div.tg-contact', {}, avatar(contact.user_id || 0, contact.name),
      el('span.tg-document-text', {}, el('b', {}, contact.name), el('span', {}, phone)))
  }

  typing() {
    return el('div.tg-message.tg-in.tg-last', {},
      el('div.tg-bubble.tg-typing', {}, el('i'), el('i'), el('i')))
  }

  buttons(message) {
    const rows = message.buttons.map((row) => el('div.tg-button-row', {}, ...row.map((button) => {
      const mark = button.web_app ? icon('app') : button.url ? icon('link') : null
      const node = el('button.tg-inline-button', { type: 'button' }, el('span', {}, button.label), mark)
      if (button.style) node.dataset.style = button.style
      if (button.data) node.dataset.callback = button.data
      node.onclick = () => this.press(message, button, node)
      return node
    })))
    return el('div.tg-buttons', {}, ...rows)
  }

  async press(message, button, node) {
    if (node.classList.contains('tg-waiting')) return
    node.classList.add('tg-waiting')
    try {
      await this.phone.pressInline(message, button)
    } finally {
      node.classList.remove('tg-waiting')
    }
  }

  formatted(message) {
    const entities = message.entities.map((entity, order) => ({ ...entity, order }))
    entities.sort((a, b) => a.offset - b.offset || b.length - a.length || a.order - b.order)
    return this.pieces(message.text, 0, message.text.length, entities)
  }

  // Entities nest; offsets are UTF-16 units, as JavaScript's own.
  pieces(text, from, to, entities) {
    const out = document.createDocumentFragment()
    let at = from
    for (let i = 0; i < entities.length; i += 1) {
      const entity = entities[i]
      const end = Math.min(entity.offset + entity.length, to)
      if (entity.offset < at || entity.offset >= to) continue
      const inner = entities.slice(i + 1).filter((other) => other.offset < end)
      out.append(text.slice(at, entity.offset))
      out.append(this.entity(entity, text.slice(entity.offset, end), this.pieces(text, entity.offset, end, inner)))
      at = end
    }
    out.append(text.slice(at, to))
    return out
  }

  entity(entity, raw, inside) {
    if (entity.type === 'text_link' || entity.type === 'url') {
      const url = entity.url || raw
      return el('a', { href: url, onclick: (event) => { event.preventDefault(); this.phone.openLink(url) } }, inside)
    }
    if (entity.type === 'bot_command') {
      return el('a', { href: '#', onclick: (event) => { event.preventDefault(); this.phone.send(raw) } }, inside)
    }
    const node = el(TAGS[entity.type] || 'span', {}, inside)
    if (entity.type === 'code' || entity.type === 'pre') node.onclick = () => this.phone.copy(raw)
    if (entity.type === 'spoiler') node.onclick = () => node.classList.add('tg-seen')
    return node
  }
}
