// Chosen files as rows with progress and a cross. They live here, not in the input: more can be added, one removed.
// Where the form says so (`data-resume`) each is sent at once, in parts, while the rest is still being written.
import { t } from './texts.js'
import { toast } from './feedback.js'
import * as session from './session.js'
import * as telegram from './telegram.js'

const LIMIT = 10 * 1024 * 1024
const chosen = new WeakMap()
// What has arrived of a file, and its row: `{ handle, share, waits, row }`.
const sendings = new WeakMap()
// A picture is asked for anew whenever its row is drawn; its address lives as long as the file is chosen.
const pictures = new WeakMap()
const tools = { authorization: session.authorization, renew: () => { session.forget(); return session.open() } }
let loading = null

function pictureOf(file) {
  if (!pictures.has(file)) pictures.set(file, URL.createObjectURL(file))
  return pictures.get(file)
}

export const filesOf = (input) => chosen.get(input) || []
const inputs = (form) => Array.from(form.querySelectorAll('input[type=file]'))
const sendingsOf = (form) => inputs(form).flatMap(filesOf).map((file) => sendings.get(file)).filter(Boolean)
const arrived = (form) => sendingsOf(form).filter((one) => one.handle && one.handle.done).map((one) => one.handle.id)

// The part of the script that only long forms need.
function load() {
  loading = loading || new Promise((done, fail) => {
    const script = document.createElement('script')
    script.src = t('formScript')
    script.onload = () => done(window.myparkForm)
    script.onerror = () => { loading = null; fail(new Error('no script')) }
    document.head.append(script)
  })
  return loading
}

// A form that was begun before comes with the files that had arrived.
export function restore(root) {
  for (const input of root.querySelectorAll('input[type=file][data-kept]')) {
    const kept = JSON.parse(input.dataset.kept)
    input.removeAttribute('data-kept')
    chosen.set(input, kept)
    for (const file of kept) sendings.set(file, { handle: { id: file.id, done: true, cancel() {}, settled: Promise.resolve() }, share: 1 })
    if (kept.length) draw(input)
  }
  for (const form of root.querySelectorAll('form[data-draft]')) {
    if (form.dataset.drafting) continue
    form.dataset.drafting = '1'
    load().then((mypark) => mypark.draft(form, tools, arrived)).catch(() => {})
  }
}

export function listen() {
  document.addEventListener('change', (event) => {
    const input = event.target
    if (input.type !== 'file') return
    const files = filesOf(input).slice()
    for (const file of input.files) {
      if (file.size > LIMIT) {
        toast(t('fileTooLarge').replace('{name}', file.name), 'danger')
        telegram.haptic.error()
      } else if (!files.some((other) => other.name === file.name && other.size === file.size)) {
        files.push(file)
        if (input.form && input.form.dataset.resume !== undefined && file.size) send(input, file)
      }
    }
    input.value = ''
    chosen.set(input, files)
    draw(input)
  })
}

// Without the script the file goes with the form, as ever.
function send(input, file) {
  const sending = { share: 0, waits: false }
  sendings.set(file, sending)
  sending.settled = load().then(async (mypark) => {
    if (!filesOf(input).includes(file)) return
    sending.handle = mypark.upload(file, tools, (share, waits) => { Object.assign(sending, { share, waits }); show(sending) })
    await sending.handle.settled
    if (sending.handle.failed) {
      toast(file.name + ': ' + sending.handle.failed, 'danger')
      telegram.haptic.error()
      drop(input, file)
    }
    show(sending)
    if (input.form) input.form.dispatchEvent(new Event('files'))
  }).catch(() => sendings.delete(file))
}

const waiting = (sending) => !sending.handle || !(sending.handle.done || sending.handle.failed || sending.handle.cancelled)

export const pending = (form) => sendingsOf(form).some(waiting)
export const settled = (form) => Promise.all(sendingsOf(form).map((one) => one.settled))

function draw(input) {
  const box = input.closest('.files').querySelector('.file-list')
  box.replaceChildren(...filesOf(input).map((file) => row(input, file)))
}

function drop(input, file) {
  const sending = sendings.get(file)
  if (sending && sending.handle) sending.handle.cancel()
  chosen.set(input, filesOf(input).filter((other) => other !== file))
  if (pictures.has(file)) URL.revokeObjectURL(pictures.get(file))
  draw(input)
  if (input.form) input.form.dispatchEvent(new Event('files'))
}

function row(input, file) {
  const el = document.createElement('div')
  el.className = 'file-row'
  const picture = document.createElement('span')
  picture.className = 'file-picture'
  if (file instanceof Blob && /^image\//.test(file.type)) {
    const image = document.createElement('img')
    image.alt = ''
    image.src = pictureOf(file)
    picture.append(image)
  } else {
    picture.textContent = (file.name.split('.').pop() || '').slice(0, 4)
  }
  const name = document.createElement('span')
  name.className = 'file-name'
  name.textContent = file.name
  const size = document.createElement('span')
  size.className = 'file-size'
  size.textContent = sizeText(file.size)
  const remove = document.createElement('button')
  remove.type = 'button'
  remove.className = 'file-remove'
  remove.setAttribute('aria-label', t('remove') + ' ' + file.name)
  remove.textContent = '×'
  remove.onclick = () => drop(input, file)
  const bar = document.createElement('progress')
  bar.max = 100
  bar.value = 0
  bar.hidden = true
  el.append(picture, name, size, remove, bar)
  const sending = sendings.get(file)
  if (sending) { Object.assign(sending, { bar, size, text: size.textContent }); show(sending) }
  return el
}

function show(sending) {
  if (!sending.bar) return
  sending.bar.hidden = !waiting(sending)
  sending.bar.value = Math.round(sending.share * 100)
  sending.size.textContent = sending.waits && waiting(sending) ? t('uploadWaits') : sending.text
}

function sizeText(bytes) {
  const mb = bytes / 1048576
  return mb >= 0.1 ? mb.toFixed(1) + ' ' + t('mb') : Math.max(1, Math.round(bytes / 1024)) + ' ' + t('kb')
}

// Puts the kept files into the body that htmx is about to send: what has arrived by its id, the rest whole.
export function attach(form, body) {
  for (const input of inputs(form)) {
    body.delete(input.name)
    for (const file of filesOf(input)) {
      const sending = sendings.get(file)
      if (!(sending && sending.handle && sending.handle.done)) body.append(input.name, file, file.name)
    }
  }
  const ids = arrived(form)
  if (ids.length) body.set('uploads', ids.join(','))
}

export function progress(form, share) {
  for (const input of inputs(form)) {
    for (const el of input.closest('.files').querySelectorAll('.file-row progress')) {
      el.hidden = share >= 1
      el.value = Math.round(share * 100)
    }
  }
}
