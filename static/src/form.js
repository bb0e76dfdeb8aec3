// What only pages with a long form need, fetched when one is opened: files sent in parts that go on after a lost
// connection, and drafts. It shares nothing with the app but the tools that it is given.

const pause = (time) => new Promise((done) => {
  const timer = setTimeout(done, time)
  window.addEventListener('online', () => { clearTimeout(timer); done() }, { once: true })
})

class Refused extends Error {
  constructor(status, problem) {
    super((problem && problem.detail) || '')
    this.status = status
    this.fields = (problem && problem.fields) || {}
  }
}

function call(tools, method, path, body, type, sent) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    request.open(method, path)
    request.setRequestHeader('Authorization', tools.authorization())
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('Accept-Language', document.documentElement.lang)
    if (type) request.setRequestHeader('Content-Type', type)
    request.timeout = 60000
    if (sent) request.upload.onprogress = (event) => sent(event.loaded)
    request.onload = () => {
      let answer = null
      try { answer = JSON.parse(request.responseText) } catch (_) { answer = null }
      if (request.status < 400) done(answer)
      else fail(new Refused(request.status, answer))
    }
    request.onerror = request.ontimeout = () => fail(new Refused(0))
    request.send(body === undefined ? null : body)
  })
}

// Passes by itself: no connection, a busy server, a session to be renewed, a part that was there already.
const passes = (status) => status === 0 || status >= 500 || [401, 408, 409, 429].includes(status)

async function run(file, tools, handle, progress) {
  let wait = 500
  let part = 512 * 1024
  let received = 0
  const at = () => '/app/uploads/' + handle.id
  while (!handle.cancelled) {
    try {
      if (!handle.id) {
        const begun = await call(tools, 'POST', '/app/uploads', JSON.stringify({ name: file.name, size: file.size }), 'application/json')
        handle.id = begun.upload.id
        part = begun.part
      } else if (wait > 500) {
        received = (await call(tools, 'GET', at())).upload.received
      }
      while (received < file.size && !handle.cancelled) {
        const from = received
        const told = await call(tools, 'PUT', at() + '?at=' + from, file.slice(from, from + part), 'application/octet-stream',
          (sent) => progress(Math.min(1, (from + sent) / file.size), false))
        received = told.upload.received
        wait = 500
        progress(received / file.size, false)
      }
      handle.done = !handle.cancelled
      return
    } catch (error) {
      if (!passes(error.status)) {
        handle.failed = error.fields.files || error.message || ' '
        return
      }
      if (error.status === 401) await tools.renew().catch(() => {})
      progress(received / file.size, true)
      wait = Math.min(wait * 2, 15000)
      await pause(wait)
    }
  }
}

function upload(file, tools, progress) {
  const handle = { id: '', done: false, failed: '', cancelled: false }
  handle.cancel = () => {
    handle.cancelled = true
    if (handle.id) call(tools, 'DELETE', '/app/uploads/' + handle.id).catch(() => {})
  }
  handle.settled = run(file, tools, handle, progress)
  return handle
}

// Keeps a form on the server a moment after the last stroke, with the files that have arrived.
function draft(form, tools, filesOf) {
  let timer = 0
  const save = () => {
    if (!form.isConnected || form.querySelector('[data-busy]')) return
    const body = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value)
    body.set('uploads', filesOf(form).join(','))
    call(tools, 'POST', form.dataset.draft, body.toString(), 'application/x-www-form-urlencoded').catch(() => {})
  }
  const later = () => { clearTimeout(timer); timer = setTimeout(save, 1200) }
  form.addEventListener('input', later)
  form.addEventListener('change', later)
  form.addEventListener('files', later)
  form.addEventListener('submit', () => clearTimeout(timer))
  document.addEventListener('visibilitychange', function hide() {
    if (!form.isConnected) document.removeEventListener('visibilitychange', hide)
    else if (document.hidden && timer) { clearTimeout(timer); timer = 0; save() }
  })
}

window.myparkForm = { upload, draft }
