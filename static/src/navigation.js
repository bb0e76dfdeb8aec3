// Moving between pages: fragments into <main>, the history with its depth, BackButton, the path kept for a reload.
import htmx from 'htmx.org'
import * as telegram from './telegram.js'
import * as buttons from './buttons.js'
import { hideBanner, keptSince } from './feedback.js'
import { recall } from './seen.js'
import { keep, kept } from './session.js'

const PATH = 'mypark.path'
const scrolls = {}
let restoring = false

const here = () => location.pathname + location.search
const depth = () => (history.state && history.state.depth) || 0

export const lastPath = () => kept(PATH)

// Opens a page. `replace` puts it in place of the current one: the way back must not lead to the shell.
export function go(path, replace) {
  if (replace) history.replaceState({ depth: depth() }, '', path)
  restoring = !!replace
  const main = document.getElementById('main')
  return htmx.ajax('GET', path, { source: main, target: main, swap: 'innerHTML' })
}

export const reload = () => go(here(), true)

// Without signal: the page as it was seen last. False if it was not.
export function showKept(path, retry) {
  const seen = recall(path)
  if (!seen) return false
  const main = document.getElementById('main')
  main.innerHTML = seen.html
  main.dataset.kept = ''
  // What loads by itself would only fail again.
  for (const loads of main.querySelectorAll('[hx-trigger~=load]')) loads.remove()
  htmx.process(main)
  arrived(path, false)
  keptSince(seen.at, retry)
  return true
}

// What a link t.me/…?startapp=… points at. A link that this version does not know opens the person's first page.
const FOLDERS = { i: 'invites', o: 'orders', p: 'plates', s: 'requests', m: 'machines' }

export function fromStartParam(param) {
  const found = /^([a-z])_([A-Za-z0-9_-]{1,64})$/.exec(param || '')
  const folder = found && FOLDERS[found[1]]
  return folder ? '/app/' + folder + '/' + encodeURIComponent(found[2]) : ''
}

// After <main> took an answer: the address that really answered (after redirects) becomes ours. What an act led to
// takes the place of its form: the way back must not lead to an order that is placed already.
export function arrived(answerUrl, byAct) {
  const url = new URL(answerUrl || location.href, location.href)
  const path = url.pathname + url.search
  const elsewhere = path !== here()
  if (!restoring && !byAct && elsewhere) {
    scrolls[depth()] = window.scrollY
    history.pushState({ depth: depth() + 1 }, '', path)
    window.scrollTo(0, 0)
  } else if (elsewhere) {
    history.replaceState({ depth: depth() }, '', path)
    window.scrollTo(0, 0)
  } else if (!byAct) {
    window.scrollTo(0, restoring ? scrolls[depth()] || 0 : 0)
  }
  if (!byAct || elsewhere) focusPage()
  restoring = false
  keep(PATH, path)
  hideBanner()
  dress()
}

// Who listens to the page or walks it with keys begins at its top. What the page itself focused stays so.
function focusPage() {
  const main = document.getElementById('main')
  if (!main.contains(document.activeElement)) main.focus({ preventScroll: true })
}

// A search changes the page's address without a step in the history.
export function keepAddress(answerUrl) {
  const url = new URL(answerUrl, location.href)
  history.replaceState({ depth: depth() }, '', url.pathname + url.search)
  keep(PATH, url.pathname + url.search)
}

// Fits title, BackButton and bottom buttons to the page that stands in <main>.
export function dress() {
  const page = document.querySelector('#main [data-page]')
  if (page && page.dataset.title) document.title = page.dataset.title
  const root = !page || page.dataset.root !== undefined
  telegram.showBack(root ? null : back)
  document.documentElement.classList.toggle('at-root', root)
  telegram.guardClosing(false)
  if (telegram.canScan()) for (const button of document.querySelectorAll('[data-scan]')) button.hidden = false
  buttons.bind()
}

export function back() {
  if (depth() > 0) return history.back()
  const page = document.querySelector('#main [data-page]')
  return go((page && page.dataset.parent) || '/app/park', true)
}

export function listen() {
  window.addEventListener('online', () => { if (document.querySelector('#main[data-kept]')) reload() })
  history.scrollRestoration = 'manual'
  window.addEventListener('popstate', () => {
    if (location.hash) return
    restoring = true
    const main = document.getElementById('main')
    htmx.ajax('GET', here(), { source: main, target: main, swap: 'innerHTML' })
  })
}
