// One stream tells which topics have changed; what shows them (`data-live`) is fetched again by its id.
import htmx from 'htmx.org'
import { dragging } from './console-board.js'

const PAUSE = 300
let waiting = null
const changed = new Set()

export function live() {
  const address = document.body.dataset.stream
  if (!address || !window.EventSource || !document.querySelector('[data-live]')) return
  const stream = new EventSource(address)
  let lost = false
  stream.addEventListener('change', (event) => hear(event.data.split(' ')))
  stream.addEventListener('error', () => { lost = true })
  // What changed while the stream was away is not told again.
  stream.addEventListener('open', () => {
    if (lost) hear(null)
    lost = false
    // What a page waits for may have come before the stream was there.
    for (const el of document.querySelectorAll('[data-live][data-awaits]')) hear(el.dataset.live.split(' '))
  })
  document.addEventListener('visibilitychange', () => { if (!document.hidden && changed.size) refresh() })
}

function hear(topics) {
  for (const topic of topics || ['all']) changed.add(topic)
  if (document.hidden) return
  clearTimeout(waiting)
  waiting = setTimeout(refresh, PAUSE)
}

function refresh() {
  // Nothing is taken from under a hand that drags.
  if (dragging()) return void (waiting = setTimeout(refresh, PAUSE))
  const topics = [...changed]
  changed.clear()
  for (const el of document.querySelectorAll('[data-live][id]')) {
    const wanted = el.dataset.live.split(' ')
    if (!topics.includes('all') && !topics.some((topic) => wanted.includes(topic))) continue
    // Nobody's typing is taken away; the next change comes.
    if (el.querySelector('input:focus, textarea:focus, select:focus, input[type=radio]:checked, details[open] form')) continue
    const here = document.activeElement
    const href = el.contains(here) && here.getAttribute('href')
    htmx.ajax('GET', location.pathname + location.search, { target: '#' + el.id, select: '#' + el.id, swap: 'outerHTML' }).then(() => {
      const again = href && document.querySelector('#' + el.id + ' a[href="' + CSS.escape(href) + '"]')
      if (again) again.focus({ preventScroll: true })
    })
  }
}
