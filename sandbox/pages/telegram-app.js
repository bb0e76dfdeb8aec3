// The Mini App inside the phone: Telegram's header, the frame, the bottom bar, its popups.
import { answer } from './telegram-bridge.js'
import { el, icon } from './telegram-parts.js'
import { THEMES, readableOn } from './telegram-theme.js'

export class MiniApp {
  constructor(phone, url, launch) {
    this.phone = phone
    this.launch = launch
    this.buttons = { main: {}, secondary: {} }
    this.colours = {}
    this.needsConfirmation = false
    const say = phone.say
    this.backButton = el('button.tg-app-close', { type: 'button', onclick: () => this.pressBack() })
    this.title = el('div.tg-app-title', {}, el('b', {}, phone.chat.bot.name), el('span', {}, say.miniApp))
    const more = el('button.tg-app-more', { type: 'button', ariaLabel: say.more, onclick: () => this.showMenu() }, icon('dots'))
    this.header = el('div.tg-app-header', {}, this.backButton, this.title, more)
    this.frame = el('iframe.tg-app-frame', { title: phone.chat.bot.name, allow: 'clipboard-write; camera' })
    this.waiting = el('div.tg-app-waiting', {}, phone.botAvatar())
    this.bottom = el('div.tg-app-bottom', { hidden: true })
    this.menu = el('div.tg-menu.tg-app-menu', { hidden: true })
    this.node = el('section.tg-app', { role: 'dialog', ariaLabel: phone.chat.bot.name },
      this.header, el('div.tg-app-body', {}, this.frame, this.waiting), this.bottom, this.menu)
    this.listen = (event) => this.received(event)
    window.addEventListener('message', this.listen)
    this.frame.addEventListener('load', () => this.loaded())
    this.sizes = new ResizeObserver(() => this.tellViewport())
    this.sizes.observe(this.frame)
    this.showBack(false)
    this.paint()
    this.frame.src = url
  }

  // ---- speaking with the page

  tell(eventType, eventData) {
    if (this.frame.contentWindow) this.frame.contentWindow.postMessage(JSON.stringify({ eventType, eventData }), '*')
  }

  received(event) {
    if (event.source !== this.frame.contentWindow) return
    let message
    try {
      message = typeof event.data === 'string' ? JSON.parse(event.data) : event.data
    } catch (_) {
      return
    }
    if (message && typeof message.eventType === 'string') answer(this, message.eventType, message.eventData || {})
  }

  tellTheme() {
    this.tell('theme_changed', { theme_params: THEMES[this.phone.theme] })
  }

  tellViewport() {
    this.tell('viewport_changed', {
      height: this.frame.clientHeight, width: this.frame.clientWidth, is_expanded: true, is_state_stable: true,
    })
  }

  loaded() {
    // A page that never calls ready() is shown too.
    setTimeout(() => this.ready(), 1500)
    ownHistory(this.frame)
  }

  ready() {
    this.waiting.classList.add('tg-gone')
  }

  // ---- header and colours

  showBack(visible) {
    this.hasBack = visible
    const say = this.phone.say
    this.backButton.replaceChildren(...(visible ? [icon('back'), say.back] : [say.close]))
    this.backButton.dataset.role = visible ? 'back' : 'close'
  }

  pressBack() {
    if (this.hasBack) this.tell('back_button_pressed')
    else this.close()
  }

  setColour(part, { color, color_key: key }) {
    this.colours[part] = color ? { color } : { key: key || 'bg_color' }
    this.paint()
  }

  paint() {
    const theme = THEMES[this.phone.theme]
    const colour = (part, otherwise) => {
      const set = this.colours[part]
      return set ? set.color || theme[set.key] || otherwise : otherwise
    }
    const header = colour('header', theme.header_bg_color)
    this.node.style.setProperty('--app-header', header)
    this.node.style.setProperty('--app-header-text', readableOn(header))
    this.node.style.setProperty('--app-bg', colour('background', theme.bg_color))
    this.node.style.setProperty('--app-bottom', colour('bottom', theme.bottom_bar_bg_color))
    this.phone.paintStatus(this)
    this.showButtons()
  }

  // ---- bottom bar

  setButton(which, params) {
    this.buttons[which] = { ...this.buttons[which], ...params }
    this.showButtons()
  }

  showButtons() {
    const theme = THEMES[this.phone.theme]
    const { main, secondary } = this.buttons
    const shown = [[main, 'main'], [secondary, 'secondary']].filter(([params]) => params.is_visible && params.text)
    const position = secondary.position || 'left'
    this.bottom.dataset.position = shown.length === 2 ? position : 'one'
    const nodes = shown.map(([params, which]) => {
      const node = el(`button.tg-app-button.tg-app-${which}`, { type: 'button', disabled: params.is_active === false || !!params.is_progress_visible })
      const back = params.color || (which === 'main' ? theme.button_color : 'transparent')
      const front = params.text_color || (which === 'main' ? theme.button_text_color : theme.button_color)
      node.style.background = back
      node.style.color = front
      node.classList.toggle('tg-inactive', params.is_active === false && !params.is_progress_visible)
      node.classList.toggle('tg-shine', !!params.has_shine_effect)
      node.append(params.is_progress_visible ? el('span.tg-spinner') : el('span', {}, params.text))
      node.onclick = () => this.tell(which + '_button_pressed')
      return node
    })
    if (position === 'left' || position === 'top') nodes.reverse()
    this.bottom.replaceChildren(...nodes)
    this.bottom.hidden = !nodes.length
  }

  // ---- menu and closing

  showMenu() {
    const say = this.phone.say
    this.phone.menu(this.menu, [
      this.hasSettings && [say.settings, () => this.tell('settings_button_pressed')],
      [this.phone.theme === 'dark' ? say.light : say.dark, () => this.phone.setTheme(this.phone.theme === 'dark' ? 'light' : 'dark')],
      [say.reload, () => this.phone.openMiniApp(this.launch)],
      [say.close, () => this.close()],
    ])
  }

  async close() {
    const say = this.phone.say
    if (this.needsConfirmation) {
      const buttons = [{ id: 'no', type: 'cancel' }, { id: 'yes', type: 'destructive', text: say.close }]
      if (await this.phone.popup({ message: say.unsaved, buttons }) !== 'yes') return
    }
    this.remove()
  }

  remove() {
    window.removeEventListener('message', this.listen)
    this.sizes.disconnect()
    this.node.classList.add('tg-leaving')
    setTimeout(() => this.node.remove(), 220)
    this.phone.appClosed(this)
  }
}

// Frames of one page share one history, so «back» in one phone would go back in another. Each frame gets its own.
function ownHistory(frame) {
  let view
  try {
    view = frame.contentWindow
    if (!view || view.history.__own) return
    view.history.__own = true
  } catch (_) {
    return // A page of another origin keeps to itself.
  }
  const { history } = view
  const replace = history.replaceState.bind(history)
  const past = []
  history.pushState = (state, title, url) => {
    past.push({ state: history.state, url: view.location.href })
    replace(state, title, url)
  }
  history.back = () => {
    const before = past.pop()
    if (!before) return
    replace(before.state, '', before.url)
    view.dispatchEvent(new view.PopStateEvent('popstate', { state: before.state }))
  }
  history.go = (steps) => { if (steps === -1) history.back() }
}
