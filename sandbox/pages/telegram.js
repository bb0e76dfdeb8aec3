// One phone with one person's chat and the Mini App in it. mountPhone() is all that a page needs.
import { MiniApp } from './telegram-app.js'
import { ChatList } from './telegram-chat.js'
import { Composer } from './telegram-compose.js'
import { ask, avatar, el, icon, words } from './telegram-parts.js'
import { THEMES, keepTheme, startTheme } from './telegram-theme.js'

const HERE = new URL('.', import.meta.url).pathname
const streams = new Map()

// A browser opens six connections to a host; all phones of a page share one stream of changes.
function onChanges(base, listener) {
  if (!streams.has(base)) {
    const stream = { listeners: new Set(), last: null }
    const listen = () => {
      stream.source = new EventSource(base + 'events')
      stream.source.onmessage = (event) => {
        stream.last = JSON.parse(event.data)
        for (const each of stream.listeners) each(stream.last)
      }
    }
    // A page that is kept for the way back must not hold a connection that the next one needs.
    addEventListener('pagehide', () => stream.source.close())
    addEventListener('pageshow', (event) => event.persisted && listen())
    listen()
    streams.set(base, stream)
  }
  const stream = streams.get(base)
  stream.listeners.add(listener)
  if (stream.last) listener(stream.last)
  return () => stream.listeners.delete(listener)
}

class Phone {
  constructor(host, { personId, apiBase = HERE, theme, bare = false }) {
    this.host = host
    this.id = String(personId)
    this.base = apiBase.endsWith('/') ? apiBase : apiBase + '/'
    this.theme = startTheme(this.id, theme)
    this.bare = bare
    this.revision = -1
  }

  async start() {
    this.chat = await ask(this.chatUrl())
    this.language = this.chat.person.language_code || 'ru'
    this.say = words(this.language)
    this.build()
    this.show()
    this.stop = onChanges(this.base, (revisions) => {
      if ((revisions[this.id] || 0) !== this.chat.revision) this.refresh()
    })
  }

  url(path) { return this.base + path }
  chatUrl(rest) { return `${this.base}chat/${this.id}${rest ? '/' + rest : ''}` }

  build() {
    this.time = el('span.tg-clock')
    this.status = el('div.tg-status', {}, this.time, el('span.tg-island'), el('span.tg-signs', {}, el('i.tg-signal'), el('i.tg-battery')))
    this.subtitle = el('span')
    const profile = el('button.tg-header-avatar', { type: 'button', ariaLabel: this.say.more, onclick: () => this.showMenu() }, this.botAvatar())
    this.header = el('header.tg-header', {}, el('span.tg-header-back', {}, icon('back')),
      el('div.tg-header-title', {}, el('b', {}, this.chat.bot.name), this.subtitle), profile)
    this.list = new ChatList(this)
    this.composer = new Composer(this)
    this.empty = el('div.tg-empty', {}, el('b', {}, this.say.what), el('span', {}, this.say.hello))
    this.menuNode = el('div.tg-menu.tg-chat-menu', { hidden: true })
    this.toasts = el('div.tg-toasts', { role: 'status' })
    this.screen = el('div.tg-screen', {}, this.status, this.header,
      el('main.tg-chat', {}, this.empty, this.list.node), this.composer.node, el('div.tg-home'), this.menuNode, this.toasts)
    this.node = el('div.tg-phone' + (this.bare ? '.tg-bare' : ''), {}, this.screen)
    this.node.dataset.person = this.id
    this.host.replaceChildren(this.node)
    this.host.addEventListener('click', (event) => {
      if (!event.target.closest('.tg-menu, .tg-header-avatar, .tg-app-more')) this.hideMenus()
    })
    const tick = () => { this.time.textContent = new Date().toLocaleTimeString('ru', { hour: 'numeric', minute: '2-digit' }) }
    tick()
    this.ticking = setInterval(tick, 10000)
    this.setTheme(this.theme)
  }

  async refresh() {
    // Answers may overtake each other; the newest request wins.
    const turn = this.turn = (this.turn || 0) + 1
    const chat = await ask(this.chatUrl()).catch(() => null)
    if (!chat || turn !== this.turn) return
    this.chat = chat
    this.show()
  }

  show() {
    const { chat } = this
    this.subtitle.textContent = chat.typing ? this.say.typing : this.say.bot
    this.subtitle.classList.toggle('tg-active', chat.typing)
    this.empty.hidden = chat.messages.length > 0
    this.list.show(chat)
    this.composer.show(chat)
    clearTimeout(this.typingEnd)
    if (chat.typing) this.typingEnd = setTimeout(() => { this.chat.typing = false; this.show() }, 5000)
  }

  // ---- acts

  async act(body) {
    await ask(this.chatUrl('act'), body).catch((error) => this.toast(this.say.failed + ': ' + error.message))
  }

  send(text) { return this.act({ act: 'text', text }) }

  async upload(file, caption) {
    const photo = /^image\/(jpeg|png|webp)$/.test(file.type)
    const query = new URLSearchParams({ name: file.name, photo, caption })
    const headers = { 'Content-Type': file.type || 'application/octet-stream' }
    await fetch(this.chatUrl('upload?' + query), { method: 'POST', headers, body: file })
    if (!photo && caption) await this.send(caption)
  }

  async pressInline(message, button) {
    if (button.copy_text) return this.copy(button.copy_text)
    if (button.web_app) return this.openMiniApp({ url: button.web_app })
    if (button.url) return this.openLink(button.url)
    try {
      const answer = await ask(this.chatUrl('press'), { message_id: message.id, button: button.data })
      if (answer.url) this.openLink(answer.url)
      if (answer.text && answer.show_alert) await this.popup({ message: answer.text, buttons: [{ id: 'ok', type: 'ok' }] })
      else if (answer.text) this.toast(answer.text)
    } catch (error) {
      this.toast(error.status === 504 ? this.say.noAnswer : error.message)
    }
    return undefined
  }

  confirmPhone() {
    const buttons = [{ id: 'no', type: 'cancel' }, { id: 'yes', type: 'default', text: this.say.yes }]
    return this.popup({ message: this.say.share(this.chat.bot.name), buttons }).then((id) => id === 'yes')
  }

  copy(text) {
    if (navigator.clipboard) navigator.clipboard.writeText(text).catch(() => {})
    this.toast(this.say.copied)
  }

  // A link to this bot acts inside the phone, every other one opens outside.
  openLink(url) {
    const link = new URL(url, location.href)
    const ours = /^(t|telegram)\.me$/.test(link.hostname) && link.pathname.split('/')[1] === this.chat.bot.username
    if (!ours) return window.open(url, '_blank', 'noopener')
    if (link.searchParams.has('startapp')) return this.openMiniApp({ startParam: link.searchParams.get('startapp') })
    if (this.app) this.app.remove()
    return this.act({ act: 'start', payload: link.searchParams.get('start') || '' })
  }

  // ---- the Mini App

  async openMiniApp(launch) {
    const body = { url: launch.url, start_param: launch.startParam || undefined, theme: THEMES[this.theme] }
    const answer = await ask(this.chatUrl('mini-app'), body).catch((error) => this.toast(error.message))
    if (!answer) return
    const before = this.app
    this.app = new MiniApp(this, answer.url, launch)
    this.screen.insertBefore(this.app.node, this.toasts)
    this.paintStatus(this.app)
    if (before) before.remove()
  }

  appClosed(app) {
    if (this.app !== app) return
    this.app = null
    this.paintStatus(null)
  }

  // ---- looks

  setTheme(theme) {
    this.theme = theme
    keepTheme(this.id, theme)
    this.node.dataset.theme = theme
    if (this.app) { this.app.paint(); this.app.tellTheme() }
    this.host.dispatchEvent(new CustomEvent('themechange', { detail: theme }))
  }

  paintStatus(app) {
    this.node.classList.toggle('tg-has-app', !!app)
    const style = app && app.node.style
    this.status.style.background = style ? style.getPropertyValue('--app-header') : ''
    this.status.style.color = style ? style.getPropertyValue('--app-header-text') : ''
  }

  botAvatar() { return avatar(this.chat.bot.id, this.chat.bot.name) }

  buzz({ type, impact_style: impact, notification_type: notification }) {
    const kind = notification || impact || type
    this.node.dataset.haptic = kind
    const strong = type === 'notification' || impact === 'heavy' || impact === 'rigid'
    const moves = strong ? [0, -3, 3, -2, 2, 0] : [0, -1, 1, 0]
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    this.node.animate({ transform: moves.map((x) => `translateX(${x}px)`) }, { duration: strong ? 220 : 110 })
  }

  toast(text) {
    const node = el('div.tg-toast', {}, text)
    this.toasts.append(node)
    setTimeout(() => node.classList.add('tg-gone'), 2800)
    setTimeout(() => node.remove(), 3100)
  }

  // Shows an alert of Telegram's form; resolves to the pressed button's id, or null when dismissed.
  popup({ title, message, buttons = [] }, field) {
    const names = { ok: this.say.ok, close: this.say.close, cancel: this.say.cancel }
    return new Promise((resolve) => {
      const end = (id) => { shade.remove(); resolve(id) }
      const row = el('div.tg-popup-buttons', {}, ...buttons.map((button) =>
        el(`button.tg-popup-button.tg-popup-${button.type || 'default'}`, { type: 'button', onclick: () => end(button.id || '') },
          button.text || names[button.type] || '')))
      row.classList.toggle('tg-stacked', buttons.length > 2 || buttons.some(({ text }) => (text || '').length > 12))
      const card = el('div.tg-popup', { role: 'alertdialog', tabIndex: -1 },
        el('div.tg-popup-text', {}, title ? el('b', {}, title) : null, el('span', {}, message), field || null), row)
      const shade = el('div.tg-shade', { onclick: (event) => { if (event.target === shade) end(null) } }, card)
      this.screen.append(shade)
      shade.onkeydown = (event) => {
        if (event.key === 'Escape') end(null)
        if (event.key === 'Enter' && event.target.tagName !== 'BUTTON' && row.lastChild) row.lastChild.click()
      }
      ;(field || card).focus({ preventScroll: true })
    })
  }

  async prompt(message) {
    const field = el('input.tg-popup-input', { type: 'text' })
    const buttons = [{ id: 'no', type: 'cancel' }, { id: 'yes', type: 'ok' }]
    return await this.popup({ message, buttons }, field) === 'yes' ? field.value.trim() : null
  }

  menu(node, items) {
    this.hideMenus()
    node.replaceChildren(...items.filter(Boolean).map(([label, act]) =>
      el('button', { type: 'button', onclick: () => { this.hideMenus(); act() } }, label)))
    node.hidden = false
  }

  hideMenus() {
    for (const node of this.node.querySelectorAll('.tg-menu')) node.hidden = true
  }

  showMenu() {
    const { say, chat } = this
    this.menu(this.menuNode, [
      [say.openApp, () => this.openMiniApp({})],
      [this.theme === 'dark' ? say.light : say.dark, () => this.setTheme(this.theme === 'dark' ? 'light' : 'dark')],
      [say.payload, () => this.followLink()],
      [say.foreign, () => this.act({ act: 'foreign_contact' })],
      [chat.blocked ? say.unblock.toLowerCase() : say.block, () => this.act({ act: chat.blocked ? 'unblock' : 'block' })],
    ])
  }

  async followLink() {
    const text = await this.prompt(this.say.payloadText)
    if (!text) return
    if (/^https?:/.test(text)) this.openLink(text)
    else this.act({ act: 'start', payload: text })
  }

  destroy() {
    if (this.stop) this.stop()
    clearInterval(this.ticking)
    if (this.app) this.app.remove()
    this.host.replaceChildren()
  }
}

// Shows a phone in `element`: {personId, apiBase?, theme?: 'light'|'dark', bare?: no bezel}.
// Resolves to the phone: setTheme(name), openMiniApp({url?, startParam?}), send(text), destroy(); it fires
// `themechange` on the element.
export async function mountPhone(element, options) {
  if (!document.querySelector('link[data-telegram-phone]')) {
    const style = el('link', { rel: 'stylesheet', href: HERE + 'telegram.css' })
    style.dataset.telegramPhone = ''
    const loaded = new Promise((resolve) => { style.onload = style.onerror = resolve })
    document.head.append(style)
    await loaded
  }
  const phone = new Phone(element, options)
  await phone.start()
  return phone
}

// The page with one phone: ?person=ID, ?theme=dark, ?bezel=1.
async function mountPage(host) {
  const query = new URLSearchParams(location.search)
  const people = (await ask(HERE + 'people')).people
  const personId = query.get('person') || (people[0] && people[0].id)
  const bare = !query.has('bezel') && matchMedia('(max-width: 520px)').matches
  const phone = await mountPhone(host, { personId, theme: query.get('theme'), bare })
  if (query.has('startapp')) await phone.openMiniApp({ startParam: query.get('startapp') })
  window.phone = phone
}

const host = document.querySelector('[data-phone-page]')
if (host) mountPage(host)
