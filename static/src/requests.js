// Every request of htmx: the session goes along, confirmations come first, refusals leave the page as it was.
import * as telegram from './telegram.js'
import * as buttons from './buttons.js'
import * as session from './session.js'
import * as files from './files.js'
import * as prefetch from './prefetch.js'
import * as seen from './seen.js'
import { arrived, dress, keepAddress, reload, showKept } from './navigation.js'
import { offline } from './feedback.js'
import { prepare, reveal, showProblem, clearProblem } from './forms.js'
import { t } from './texts.js'

const GET = 'get'
const polled = (detail) => source(detail).dataset.poll !== undefined
const onMain = (detail) => detail.target && detail.target.id === 'main'
const verb = (detail) => detail.requestConfig.verb
// htmx puts the event's own element into `elt`; who asked stands in the request.
const source = (detail) => detail.requestConfig.elt

export function listen(expired) {
  const on = (name, act) => document.body.addEventListener('htmx:' + name, (event) => act(event, event.detail))
  on('configRequest', (_, detail) => {
    Object.assign(detail.headers, prefetch.headers())
    if (!prefetch.brought(detail.path)) detail.headers['Cache-Control'] = 'no-cache'
    if (detail.verb !== GET) detail.headers.Accept = 'text/html, application/problem+json'
    prefetch.drop()
    const form = detail.elt.closest('form')
    if (form && form.enctype === 'multipart/form-data' && detail.formData) files.attach(form, detail.formData)
  })
  on('confirm', confirm)
  on('beforeRequest', (_, detail) => { clearProblem(source(detail)); buttons.busy(source(detail), true) })
  on('afterRequest', (_, detail) => {
    if (source(detail).isConnected) buttons.busy(source(detail), false)
  })
  on('xhr:progress', (event, detail) => {
    const form = event.target.closest && event.target.closest('form')
    if (form && detail.lengthComputable && detail.total) files.progress(form, detail.loaded / detail.total)
  })
  on('beforeSwap', (event, detail) => refuse(event, detail, expired))
  on('afterSettle', (_, detail) => {
    prepare(document.getElementById('main'))
    files.restore(document.getElementById('main'))
    for (const el of document.querySelectorAll('[data-when]')) reveal(el)
    if (onMain(detail)) landed(detail)
    else if (!polled(detail)) dress()
    if (source(detail).dataset.keepAddress !== undefined) keepAddress(detail.xhr.responseURL)
    if (verb(detail) !== GET && source(detail).dataset.quiet === undefined) telegram.haptic.success()
  })
  on('sendError', (_, detail) => lost(detail))
  on('timeout', (_, detail) => lost(detail))
}

function landed(detail) {
  delete detail.target.dataset.kept
  const address = addressOf(detail)
  arrived(address, verb(detail) !== GET)
  const { pathname, search } = new URL(address, location.href)
  if (verb(detail) === GET && detail.xhr.status === 200) seen.keep(pathname + search, detail.xhr.responseText)
}

// No answer: what was seen of the page before is better than none. What is asked for by itself comes again by itself.
function lost(detail, text) {
  if (polled(detail)) return
  const page = verb(detail) === GET && onMain(detail)
  if (!page || !showKept(detail.requestConfig.path, reload)) offline(() => again(detail), text)
}

// Where an answer stands: its own address, unless it answered an act that led nowhere else.
function addressOf(detail) {
  const answered = new URL(detail.xhr.responseURL || location.href, location.href)
  const asked = new URL(detail.requestConfig.path, location.href)
  return verb(detail) !== GET && answered.pathname === asked.pathname ? location.href : answered.href
}

// Dangerous acts name what is lost (`data-confirm-plain`: nothing is), and nothing is sent twice while one sending runs.
async function confirm(event, detail) {
  const el = detail.elt
  if (el.dataset.busy || (el.tagName === 'FORM' && el.querySelector('[data-busy]'))) return event.preventDefault()
  const submitter = detail.triggeringEvent && detail.triggeringEvent.submitter
  const asked = [submitter, el].find((one) => one && one.dataset && one.dataset.confirm)
  const waits = el.tagName === 'FORM' && files.pending(el)
  if (!asked && !waits) return undefined
  event.preventDefault()
  if (waits) {
    buttons.busy(el, true)
    await files.settled(el)
    buttons.busy(el, false)
    if (!el.isConnected) return undefined
  }
  if (!asked) return void detail.issueRequest(true)
  const question = { title: asked.dataset.confirmTitle || '', message: asked.dataset.confirm, act: asked.dataset.confirmAct || t('yes'), cancel: t('cancel'), danger: asked.dataset.confirmPlain === undefined }
  if (await telegram.confirm(question)) detail.issueRequest(true)
  return undefined
}

function refuse(event, detail, expired) {
  const status = detail.xhr.status
  if (status < 400) return
  detail.shouldSwap = false
  const problem = problemOf(detail.xhr)
  if (status === 401) return void renew(detail, problem, expired)
  if (polled(detail)) return
  if (problem) {
    if (status >= 500 || status === 429) offlineWith(problem, detail)
    else showProblem(source(detail).closest('form'), problem)
    return
  }
  if (verb(detail) === GET && onMain(detail) && isHtml(detail.xhr)) detail.shouldSwap = true
  else lost(detail, t('failed'))
}

function offlineWith(problem, detail) {
  lost(detail, problem.detail || t('failed'))
}

const isHtml = (xhr) => /text\/html/.test(xhr.getResponseHeader('content-type') || '')

function problemOf(xhr) {
  if (!/json/.test(xhr.getResponseHeader('content-type') || '')) return null
  try {
    return JSON.parse(xhr.responseText)
  } catch (_) {
    return {}
  }
}

const renewed = new WeakSet()

// The session ended: initData opens another, once; when it is too old itself, the person reopens the app.
async function renew(detail, problem, expired) {
  const code = problem && problem.code
  if (code === 'init_data_expired' || renewed.has(source(detail))) return expired(code)
  renewed.add(source(detail))
  session.forget()
  try {
    await session.open()
    again(detail)
    setTimeout(() => renewed.delete(source(detail)), 5000)
  } catch (error) {
    if (error instanceof session.Refused) expired(error.code)
    else offline(() => again(detail))
  }
  return undefined
}

function again(detail) {
  const el = source(detail)
  if (el.tagName === 'FORM' && el.isConnected) return el.requestSubmit ? el.requestSubmit() : window.htmx.trigger(el, 'submit')
  const config = detail.requestConfig
  // A part of a page says itself where its answer goes.
  const place = el.isConnected && !onMain(detail) ? { source: el } : { source: el.isConnected ? el : '#main', target: '#main', swap: 'innerHTML' }
  return window.htmx.ajax(config.verb.toUpperCase(), config.path, place)
}

