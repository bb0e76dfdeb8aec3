// The one door to Telegram. Old clients refuse what they don't know, a browser knows nothing: every call here is
// allowed to do nothing.
import { setTargetOrigin } from '@tma.js/bridge'
import {
  backButton, closingBehavior, downloadFile, hapticFeedback, init, mainButton, miniApp, openLink, openTelegramLink, popup,
  qrScanner, requestContact, retrieveLaunchParams, retrieveRawInitData, secondaryButton, themeParams, viewport,
} from '@tma.js/sdk'

let live = false

function quiet(act) {
  try {
    return act()
  } catch (_) {
    return undefined
  }
}

export function start() {
  // The frame around us is web.telegram.org, one of its siblings, or the sandbox; nothing secret is posted to it.
  quiet(() => setTargetOrigin('*'))
  live = quiet(() => { init({ acceptCustomStyles: false }); return true }) === true
  document.documentElement.classList.toggle('tg', live)
  if (!live) return false
  for (const part of [miniApp, themeParams, backButton, mainButton, secondaryButton, closingBehavior]) {
    quiet(() => part.mount.ifAvailable())
  }
  quiet(() => themeParams.bindCssVars.ifAvailable())
  quiet(() => {
    const mounting = viewport.mount.ifAvailable()
    const done = mounting && (mounting.data || mounting)
    if (done && done.then) done.then(() => quiet(() => viewport.bindCssVars()), () => {})
  })
  quiet(() => themeParams.isDark.sub(paintTheme))
  quiet(() => miniApp.setHeaderColor.ifAvailable('secondary_bg_color'))
  quiet(() => miniApp.setBgColor.ifAvailable('secondary_bg_color'))
  quiet(() => miniApp.setBottomBarColor.ifAvailable('secondary_bg_color'))
  return true
}

function paintTheme(dark) {
  document.documentElement.dataset.theme = (typeof dark === 'boolean' ? dark : themeParams.isDark()) ? 'dark' : 'light'
}

export const isLive = () => live
export const initData = () => quiet(() => retrieveRawInitData()) || ''

export function launch() {
  const params = quiet(() => retrieveLaunchParams()) || {}
  const data = params.tgWebAppData || {}
  const query = new URLSearchParams(location.search)
  return {
    startParam: params.tgWebAppStartParam || data.start_param || query.get('tgWebAppStartParam') || '',
    language: (data.user && data.user.language_code) || navigator.language || 'ru',
  }
}

// Whose phone it is, as Telegram says it unproved: good enough to choose between copies on the phone itself.
export function personId() {
  const data = (quiet(() => retrieveLaunchParams()) || {}).tgWebAppData
  return (data && data.user && data.user.id) || 0
}

export const ready = () => {
  quiet(() => miniApp.ready.ifAvailable())
  quiet(() => viewport.expand.ifAvailable())
}
export const close = () => quiet(() => miniApp.close.ifAvailable())

export const canScan = () => live && quiet(() => qrScanner.capture.isAvailable()) === true

// What the camera reads and `fits`; nothing when the person closes it.
export async function scan(fits) {
  const seen = quiet(() => qrScanner.capture({ capture: fits }))
  try {
    return (await seen) || ''
  } catch (_) {
    return ''
  }
}

let backHandler = null
export function showBack(onBack) {
  if (backHandler) quiet(() => backButton.offClick.ifAvailable(backHandler))
  backHandler = onBack
  if (onBack) {
    quiet(() => backButton.onClick.ifAvailable(onBack))
    quiet(() => backButton.show.ifAvailable())
  } else {
    quiet(() => backButton.hide.ifAvailable())
  }
}

const bottom = { main: { button: mainButton, click: null }, second: { button: secondaryButton, click: null } }

export function hasBottom(which) {
  return live && quiet(() => bottom[which].button.isMounted()) === true
}

// Shows one of the two bottom buttons, or hides it when there is no text.
export function setBottom(which, text, onClick) {
  const slot = bottom[which]
  if (slot.click) quiet(() => slot.button.offClick.ifAvailable(slot.click))
  slot.click = onClick
  if (!text) {
    quiet(() => slot.button.setParams.ifAvailable({ isVisible: false, isLoaderVisible: false }))
    return
  }
  quiet(() => slot.button.onClick.ifAvailable(onClick))
  const params = { text, isVisible: true, isEnabled: true, isLoaderVisible: false }
  if (which === 'second') params.position = 'left'
  quiet(() => slot.button.setParams.ifAvailable(params))
}

export function setBusy(which, busy) {
  quiet(() => bottom[which].button.setParams.ifAvailable({ isLoaderVisible: busy, isEnabled: !busy }))
}

export function setEnabled(which, enabled) {
  quiet(() => bottom[which].button.setParams.ifAvailable({ isEnabled: enabled }))
}

export function guardClosing(on) {
  quiet(() => (on ? closingBehavior.enableConfirmation : closingBehavior.disableConfirmation).ifAvailable())
}

export const haptic = {
  select: () => quiet(() => hapticFeedback.selectionChanged.ifAvailable()),
  success: () => quiet(() => hapticFeedback.notificationOccurred.ifAvailable('success')),
  error: () => quiet(() => hapticFeedback.notificationOccurred.ifAvailable('error')),
}

// Asks before an act that cannot be taken back; `danger`: something is lost by it. Falls back to the page's own dialog where the client has no popups.
export async function confirm(question) {
  const { title, message, act, cancel, danger } = question
  const buttons = [{ id: 'yes', type: danger ? 'destructive' : 'default', text: act.slice(0, 64) }, { id: 'no', type: 'default', text: cancel }]
  // What is meant stands at the right, where the thumb is; what loses something does not.
  if (!danger) buttons.reverse()
  const shown = live && quiet(() => popup.show.ifAvailable({ title: (title || '').slice(0, 64), message: message.slice(0, 256), buttons }))
  const answer = shown && (shown.data || shown)
  if (answer && answer.then) {
    try {
      return (await answer) === 'yes'
    } catch (_) {
      return pageConfirm(question)
    }
  }
  return pageConfirm(question)
}

function pageConfirm({ title, message, act, cancel, danger }) {
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  const add = (tag, cls, text) => {
    const el = document.createElement(tag)
    el.className = cls
    el.textContent = text
    return el
  }
  const row = add('div', 'dialog-acts', '')
  const no = add('button', 'button button-plain', cancel)
  const yes = add('button', danger ? 'button button-danger' : 'button', act)
  row.append(no, yes)
  if (title) dialog.append(add('h2', 'dialog-title', title))
  dialog.append(add('p', 'dialog-text', message), row)
  document.body.append(dialog)
  return new Promise((resolve) => {
    const end = (value) => { dialog.close(); dialog.remove(); resolve(value) }
    no.onclick = () => end(false)
    yes.onclick = () => end(true)
    dialog.oncancel = () => end(false)
    dialog.showModal()
  })
}

// Resolves to true when the person shared the phone; the bot hears of it by a message of its own.
export async function askContact() {
  const asked = live && quiet(() => requestContact.ifAvailable())
  const answer = asked && (asked.data || asked)
  if (!answer || !answer.then) return false
  return answer.then(() => true, () => false)
}

// Gives a file to Telegram to keep (`downloadFile`, 8.0, HTTPS alone); where it takes none the browser has it.
export function save(url, name) {
  const able = live && url.startsWith('https:') && quiet(() => downloadFile.isAvailable())
  const asked = able && quiet(() => downloadFile(url, name))
  if (!asked) return openOutside(url)
  asked.then(() => {}, () => {})
}

export function openOutside(url) {
  const telegram = /^https:\/\/t\.me\//.test(url)
  if (live && quiet(() => { (telegram ? openTelegramLink : openLink)(url); return true })) return
  window.open(url, '_blank', 'noopener')
}
