// The park and the passports that were seen last, kept on the phone: a cellar without signal still shows them.
import * as telegram from './telegram.js'

const PREFIX = 'mypark.seen:'
const WHICH = /^\/app\/(park|machines\/[A-Za-z0-9_-]+)$/
// A large park is some dozens of passports of 20 KB; a phone grants 5 MB.
const MOST = 60
const AGE = 14 * 24 * 3600 * 1000

const entries = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
const read = (key) => JSON.parse(localStorage.getItem(key) || 'null')

function quiet(act) {
  try {
    return act()
  } catch (_) {
    // No storage, or a full one: nothing is kept, nothing else is lost.
    return null
  }
}

// Keeps what the server said of a page, and drops the oldest beyond the room that there is.
export function keep(path, html) {
  if (!WHICH.test(path.split('?')[0])) return
  quiet(() => {
    const old = entries().map((key) => [key, read(key).at]).sort((one, other) => one[1] - other[1])
    for (const [key] of old.slice(0, Math.max(0, old.length - MOST + 1))) localStorage.removeItem(key)
    localStorage.setItem(PREFIX + path, JSON.stringify({ of: telegram.personId(), at: Date.now(), html }))
  })
}

// What was kept of this page for this person: `{ html, at }`.
export function recall(path) {
  return quiet(() => {
    const seen = read(PREFIX + path)
    return seen && seen.of === telegram.personId() && Date.now() - seen.at < AGE ? seen : null
  })
}

// Whoever was refused here, or another person on the same phone, reads nothing of it.
export function forget() {
  quiet(() => { for (const key of entries()) localStorage.removeItem(key) })
}

// The next start needs the shell itself, too.
export function keepShell() {
  const worker = document.body.dataset.worker
  if (!worker || !navigator.serviceWorker) return
  const files = Array.from(document.querySelectorAll('script[src], link[rel=stylesheet]'), (one) => one.src || one.href)
  navigator.serviceWorker.register(worker, { scope: '/app' })
    .then(() => navigator.serviceWorker.ready)
    .then((ready) => ready.active.postMessage(['/app', ...files]))
    .catch(() => {})
}
