// Mirrors the page's own buttons in Telegram's bottom bar. The page's markup works by itself in a plain browser.
import * as telegram from './telegram.js'

const SLOTS = { main: '[data-main-button]', second: '[data-second-button]' }

export function bind() {
  for (const which of Object.keys(SLOTS)) {
    const el = document.querySelector('#main ' + SLOTS[which])
    const mirrored = !!el && telegram.hasBottom(which)
    for (const other of document.querySelectorAll('#main ' + SLOTS[which])) other.classList.toggle('mirrored', mirrored)
    if (mirrored) {
      telegram.setBottom(which, el.dataset.label || el.textContent.trim(), () => press(el))
      telegram.setEnabled(which, !el.disabled)
    } else {
      telegram.setBottom(which, '', null)
    }
  }
  for (const bar of document.querySelectorAll('#main .bottom-bar')) {
    const rest = Array.from(bar.querySelectorAll('a, button')).some((one) => !one.classList.contains('mirrored') && !one.hidden)
    bar.classList.toggle('bare', !rest)
  }
}

function press(el) {
  if (!el.isConnected || el.disabled || el.dataset.busy) return
  if (el.form && el.type === 'submit') {
    el.form.requestSubmit ? el.form.requestSubmit(el) : el.click()
  } else {
    el.click()
  }
}

// While a request runs, the button that started it shows progress and answers to nobody.
export function busy(source, on) {
  const form = source && source.closest && source.closest('form')
  const pressed = (form && buttonsOf(form)) || (source && source.matches && source.matches('button,a') ? [source] : [])
  for (const el of pressed) {
    if (on) el.dataset.busy = '1'
    else delete el.dataset.busy
    if ('disabled' in el) el.disabled = on
    el.classList.toggle('is-busy', on)
    for (const which of Object.keys(SLOTS)) if (el.matches(SLOTS[which])) telegram.setBusy(which, on)
  }
}

function buttonsOf(form) {
  return Array.from(form.elements).filter((el) => el.type === 'submit')
}
