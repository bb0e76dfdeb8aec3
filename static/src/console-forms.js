// What a form says: a question before what cannot be undone, what is wrong beside its field, a toast for the rest.

export function ask(question, act) {
  const words = document.body.dataset
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  const text = document.createElement('p')
  text.className = 'dialog-text'
  text.textContent = question
  const acts = document.createElement('div')
  acts.className = 'dialog-acts'
  const button = (label, value, kind) => {
    const one = document.createElement('button')
    one.type = 'button'
    one.className = 'button ' + kind
    one.textContent = label
    one.addEventListener('click', () => dialog.close(value))
    acts.append(one)
  }
  button(words.cancel, '', 'button-plain')
  button(act || words.yes, 'yes', 'button-danger')
  dialog.append(text, acts)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((done) => dialog.addEventListener('close', () => { dialog.remove(); done(dialog.returnValue === 'yes') }))
}

export function toast(text, bad) {
  const one = document.createElement('div')
  one.className = 'toast' + (bad ? ' toast-danger' : '')
  one.textContent = text
  document.getElementById('toasts').append(one)
  setTimeout(() => one.remove(), 6000)
}

export function clear(form) {
  for (const el of form.querySelectorAll('.has-error')) el.classList.remove('has-error')
  for (const el of form.querySelectorAll('.field-error')) el.remove()
}

export function problem(form, said) {
  const fields = Object.entries(said.fields || {})
  let shown = false
  for (const [name, words] of fields) {
    const field = form.elements[name]
    const line = field && field.closest && field.closest('.line')
    if (!line) continue
    line.classList.add('has-error')
    const note = document.createElement('span')
    note.className = 'field-error'
    note.setAttribute('role', 'alert')
    note.textContent = words
    line.append(note)
    if (!shown) field.focus()
    shown = true
  }
  if (!shown) toast(fields.length ? fields[0][1] : said.detail || document.body.dataset.failed, true)
}
