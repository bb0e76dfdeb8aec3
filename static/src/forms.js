// Forms: unsaved ones guard the closing, errors stand at their fields, steppers, one key per sending.
import * as telegram from './telegram.js'
import { toast } from './feedback.js'
import { t } from './texts.js'

export function prepare(root) {
  for (const field of root.querySelectorAll('input[name=client_key]')) if (!field.value) field.value = newKey()
  for (const area of root.querySelectorAll('textarea')) grow(area)
}

// One key per form on screen: a resend after a lost answer is the same order.
function newKey() {
  if (window.crypto && crypto.randomUUID) return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function grow(area) {
  area.style.height = 'auto'
  area.style.height = area.scrollHeight + 2 + 'px'
}

export function showProblem(form, problem) {
  clearProblem(form)
  const fields = problem.fields || {}
  let first = null
  for (const name of Object.keys(fields)) {
    const input = form && form.elements && form.elements[name]
    const field = input && (input.length && !input.tagName ? input[0] : input)
    const row = field && field.closest('.field, .cell, .files')
    if (!row) continue
    row.classList.add('has-error')
    const note = document.createElement('p')
    note.className = 'field-error'
    note.id = 'error-' + name
    note.textContent = fields[name]
    row.append(note)
    field.setAttribute('aria-invalid', 'true')
    field.setAttribute('aria-describedby', note.id)
    first = first || field
  }
  if (first) {
    first.scrollIntoView({ block: 'center' })
    first.focus({ preventScroll: true })
  } else {
    toast(problem.detail || problem.title || t('failed'), 'danger')
  }
  telegram.haptic.error()
}

export function clearProblem(form) {
  if (!form || !form.querySelectorAll) return
  for (const note of form.querySelectorAll('.field-error')) note.remove()
  for (const row of form.querySelectorAll('.has-error')) row.classList.remove('has-error')
  for (const input of form.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid')
    input.removeAttribute('aria-describedby')
  }
}

function step(button) {
  const box = button.closest('.stepper')
  const input = box.querySelector('input')
  const next = Math.max(Number(input.min || 0), Math.min(Number(input.max || 999), Number(input.value || 0) + Number(button.dataset.step)))
  if (String(next) === input.value) return
  input.value = next
  telegram.haptic.select()
  input.dispatchEvent(new Event('change', { bubbles: true }))
}

async function copy(el) {
  try {
    await navigator.clipboard.writeText(el.dataset.copy || el.textContent.trim())
    telegram.haptic.select()
    toast(t('copied'))
  } catch (_) {
    getSelection().selectAllChildren(el)
  }
}

export function listen() {
  document.addEventListener('click', (event) => {
    const target = event.target
    const stepper = target.closest('[data-step]')
    if (stepper) { event.preventDefault(); step(stepper) }
    const copied = target.closest('[data-copy]')
    if (copied) { event.preventDefault(); event.stopPropagation(); copy(copied) }
  }, true)
  document.addEventListener('input', (event) => {
    const form = event.target.form
    if (event.target.tagName === 'TEXTAREA') grow(event.target)
    if (form && form.dataset.guard !== undefined) telegram.guardClosing(true)
    const row = event.target.closest('.has-error')
    if (row) clearProblem(row.parentElement)
  })
  document.addEventListener('change', (event) => {
    if (event.target.matches('[type=radio],[type=checkbox]')) telegram.haptic.select()
    for (const el of document.querySelectorAll('[data-when]')) reveal(el)
  })
}

// `data-when="delivery=courier|carrier"`: the part shows while the field holds one of the values.
export function reveal(el) {
  const [name, values] = el.dataset.when.split('=')
  const form = el.closest('form')
  const chosen = form && new FormData(form).get(name)
  const show = values.split('|').includes(String(chosen))
  el.hidden = !show
  for (const input of el.querySelectorAll('input,textarea,select')) input.disabled = !show
}
