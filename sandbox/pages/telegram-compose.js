// The bottom of the chat: input, menu button, commands, attachments, reply keyboard, the Start bar.
import { el, icon } from './telegram-parts.js'

export class Composer {
  constructor(phone) {
    this.phone = phone
    const say = phone.say
    this.input = el('textarea.tg-input', { rows: 1, placeholder: say.message, ariaLabel: say.message })
    this.input.oninput = () => this.typed()
    this.input.onkeydown = (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit() }
      if (event.key === 'Escape') this.hideCommands()
    }
    this.picker = el('input', { type: 'file', multiple: true, hidden: true })
    this.picker.onchange = () => this.attach()
    this.menu = el('button.tg-menu-button', { type: 'button', onclick: () => this.pressMenu() })
    this.sendButton = el('button.tg-send', { type: 'button', ariaLabel: say.send, onclick: () => this.submit() }, icon('send'))
    this.toggle = el('button.tg-tool', { type: 'button', hidden: true, ariaLabel: say.menu, onclick: () => this.toggleKeyboard() }, icon('keyboard'))
    const clip = el('button.tg-tool', { type: 'button', ariaLabel: say.attach, onclick: () => this.picker.click() }, icon('clip'))
    this.bar = el('div.tg-bar', {}, this.menu, clip, el('div.tg-field', {}, this.input, this.toggle), this.sendButton, this.picker)
    this.big = el('button.tg-big', { type: 'button', hidden: true })
    this.commands = el('div.tg-commands', { hidden: true })
    this.keyboard = el('div.tg-keyboard', { hidden: true })
    this.keyboardKey = ''
    this.node = el('div.tg-composer', {}, this.commands, this.bar, this.big, this.keyboard)
  }

  show(chat) {
    const say = this.phone.say
    this.chat = chat
    this.big.hidden = chat.started && !chat.blocked
    this.bar.hidden = !this.big.hidden
    this.big.textContent = chat.blocked ? say.unblock : say.start
    this.big.onclick = () => this.phone.act({ act: chat.blocked ? 'unblock' : 'start' })
    this.showMenu(chat.menu_button)
    this.showKeyboard(chat.reply_keyboard)
    this.typed()
  }

  showMenu(button) {
    const app = button.type === 'web_app'
    const label = app ? button.text : this.phone.say.menu
    if (this.menu.dataset.label === label + app) return
    this.menu.dataset.label = label + app
    this.menu.replaceChildren(icon(app ? 'app' : 'menu'), el('span', {}, label))
    this.menu.classList.toggle('tg-menu-app', app)
  }

  pressMenu() {
    const button = this.chat.menu_button
    if (button.type === 'web_app') return this.phone.openMiniApp({ url: button.web_app.url })
    return this.commands.hidden ? this.showCommands('') : this.hideCommands()
  }

  showKeyboard(keyboard) {
    const key = JSON.stringify(keyboard)
    this.input.placeholder = (keyboard && keyboard.placeholder) || this.phone.say.message
    this.toggle.hidden = !keyboard
    if (key === this.keyboardKey) return
    this.keyboardKey = key
    this.keyboard.hidden = !keyboard
    if (!keyboard) return
    this.keyboard.replaceChildren(...keyboard.rows.map((row) => el('div.tg-button-row', {}, ...row.map((button) =>
      el('button.tg-reply-button', { type: 'button', onclick: () => this.pressReply(button) },
        button.request_contact ? icon('phone') : null, el('span', {}, button.label))))))
    this.phone.list.scrollDown()
  }

  toggleKeyboard() {
    this.keyboard.hidden = !this.keyboard.hidden
    this.phone.list.scrollDown()
  }

  async pressReply(button) {
    if (button.web_app) return this.phone.openMiniApp({ url: button.web_app, replyButton: button.label })
    if (button.request_contact && !(await this.phone.confirmPhone())) return undefined
    return this.phone.act({ act: 'reply_button', label: button.label })
  }

  typed() {
    const text = this.input.value
    this.input.style.height = 'auto'
    this.input.style.height = Math.min(this.input.scrollHeight, 120) + 'px'
    this.bar.classList.toggle('tg-has-text', !!text.trim())
    if (text.startsWith('/') && !text.includes(' ')) this.showCommands(text.slice(1))
    else this.hideCommands()
  }

  showCommands(beginning) {
    const found = (this.chat ? this.chat.commands : []).filter(({ command }) => command.startsWith(beginning))
    this.commands.hidden = !found.length
    this.commands.replaceChildren(...found.map(({ command, description }) =>
      el('button.tg-command', { type: 'button', onclick: () => this.run(command) },
        el('span', {}, description), el('i', {}, '/' + command))))
  }

  hideCommands() {
    this.commands.hidden = true
  }

  run(command) {
    this.input.value = ''
    this.typed()
    this.phone.send('/' + command)
  }

  submit() {
    const text = this.input.value.trim()
    if (!text) return
    this.input.value = ''
    this.typed()
    this.phone.send(text)
  }

  async attach() {
    const files = [...this.picker.files]
    this.picker.value = ''
    const caption = this.input.value.trim()
    for (const [index, file] of files.entries()) {
      await this.phone.upload(file, index === 0 ? caption : '')
    }
    if (caption) { this.input.value = ''; this.typed() }
  }
}
