// A finger rests on a link for a tenth of a second before it is a tap: the page is on its way by then.
import * as session from './session.js'

// As long as the server lets the answer live (`webapp/src/headers.rs`), less the way.
const FRESH = 2500
let touched = { path: '', at: 0 }

export const headers = () => ({
  Authorization: session.authorization(),
  'Accept-Language': document.documentElement.lang,
})

// Whether the tap on this link may take what the touch brought.
export const brought = (path) => touched.path === path && Date.now() - touched.at < FRESH

// An act makes old news of it.
export const drop = () => { touched = { path: '', at: 0 } }

function touch(event) {
  const link = event.target.closest && event.target.closest('#main a[href^="/app/"]')
  if (!link || link.dataset.outside !== undefined || link.dataset.file !== undefined) return
  const path = link.getAttribute('href')
  if (brought(path)) return
  touched = { path, at: Date.now() }
  fetch(path, { headers: { ...headers(), 'HX-Request': 'true', 'HX-Preloaded': 'true' }, credentials: 'same-origin' })
    .then((answer) => answer.text(), drop)
}

export function listen() {
  document.addEventListener('pointerdown', touch, { passive: true })
}
