// What the person is told outside the page's own content: banners, toasts, whole-page notices.
import { t } from './texts.js'

function element(tag, className, text) {
  const el = document.createElement(tag)
  el.className = className
  if (text) el.textContent = text
  return el
}

export function toast(text, kind) {
  const box = document.getElementById('toasts')
  const el = element('div', 'toast' + (kind ? ' toast-' + kind : ''), text)
  el.setAttribute('role', 'status')
  box.append(el)
  setTimeout(() => el.remove(), 3200)
}

export function banner(text, act, onAct) {
  hideBanner()
  const el = element('div', 'banner banner-warning')
  el.setAttribute('role', 'alert')
  el.append(element('span', 'banner-text', text))
  if (act) {
    const button = element('button', 'banner-act', act)
    button.type = 'button'
    button.onclick = () => { hideBanner(); onAct() }
    el.append(button)
  }
  document.getElementById('banner').append(el)
}

export function hideBanner() {
  document.getElementById('banner').replaceChildren()
}

// Replaces the page by one of the notices that the shell carries.
export function notice(name, onAct) {
  const source = document.getElementById('notice-' + name + '-' + document.documentElement.lang)
    || document.getElementById('notice-' + name + '-ru')
  const main = document.getElementById('main')
  main.replaceChildren(source.content.cloneNode(true))
  const act = main.querySelector('[data-act]')
  if (act && onAct) act.onclick = onAct
}

// The page below is what the phone kept of it at that time.
export function keptSince(at, retry) {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' })
  banner(t('seen').replace('{at}', time.format(at)), t('retry'), retry)
}

export function offline(retry, text) {
  banner(text || t('offline'), t('retry'), retry)
}
