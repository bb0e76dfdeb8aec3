// The console in the browser. Pages work without it; with it forms say what is wrong in place, lists walk by keys, and
// what has changed elsewhere is fetched again.
import htmx from 'htmx.org'
import { board } from './console-board.js'
import { live } from './console-live.js'
import { keys } from './console-keys.js'
import { ask, toast, problem, clear } from './console-forms.js'

window.htmx = htmx
Object.assign(htmx.config, {
  historyEnabled: false,
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  timeout: 30000,
})

const words = () => document.body.dataset

// What Telegram answers stands behind the address, where no server sees it: the form carries it over.
function fromTelegram() {
  const form = document.getElementById('telegram')
  const result = new URLSearchParams(location.hash.slice(1)).get('tgAuthResult')
  if (!form || !result) return
  history.replaceState(null, '', location.pathname + location.search)
  form.elements.result.value = result
  form.submit()
}

function send(event) {
  const form = event.target
  if (form.method !== 'post' || form.dataset.plain !== undefined) return
  event.preventDefault()
  if (form.dataset.busy) return
  const submitter = event.submitter
  const question = (submitter && submitter.dataset.confirm) || form.dataset.confirm
  const act = submitter && submitter.textContent.trim()
  Promise.resolve(!question || ask(question, act)).then((sure) => { if (sure) post(form, submitter) })
}

// The answer to a form is a page or a reason why not: the page is gone to, the reason is said beside the field.
async function post(form, submitter) {
  clear(form)
  form.dataset.busy = 'yes'
  form.classList.add('is-sending')
  try {
    const data = new FormData(form)
    if (submitter && submitter.name) data.set(submitter.name, submitter.value)
    const body = form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data)
    const action = (submitter && submitter.getAttribute('formaction')) || form.getAttribute('action')
    const answer = await fetch(action, { method: 'POST', body, headers: { Accept: 'text/html, application/problem+json' } })
    if (/problem\+json/.test(answer.headers.get('content-type') || '')) return problem(form, await answer.json())
    if (!answer.ok) return toast(words().failed, true)
    location.assign(answer.redirected ? answer.url : location.href)
    return undefined
  } catch (_) {
    return toast(words().offline, true)
  } finally {
    delete form.dataset.busy
    form.classList.remove('is-sending')
  }
}

function begin() {
  fromTelegram()
  document.addEventListener('submit', send)
  document.addEventListener('change', (event) => {
    if (event.target.closest('[data-submit]')) event.target.form.requestSubmit()
  })
  keys()
  board()
  live()
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin)
else begin()
