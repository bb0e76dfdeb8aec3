// Chosen files as rows with progress and a cross. They live here, not in the input: more can be added, one removed.
import { t } from './texts.js'
import { toast } from './feedback.js'
import * as telegram from './telegram.js'

const LIMIT = 10 * 1024 * 1024
const chosen = new WeakMap()
// A picture is asked for anew whenever its row is drawn; its address lives as long as the file is chosen.
const pictures = new WeakMap()

function pictureOf(file) {
  if (!pictures.has(file)) pictures.set(file, URL.createObjectURL(file))
  return pictures.get(file)
}

export const filesOf = (input) => chosen.get(input) || []

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
      }
    }
    input.value = ''
    chosen.set(input, files)
    draw(input)
  })
}

function draw(input) {
  const box = input.closest('.files').querySelector('.file-list')
  box.replaceChildren(...filesOf(input).map((file) => row(input, file)))
}

function row(input, file) {
  const el = document.createElement('div')
  el.className = 'file-row'
  const picture = document.createElement('span')
  picture.className = 'file-picture'
  if (/^image\//.test(file.type)) {
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
  remove.setAttribute('aria-label', t('remove'))
  remove.textContent = '×'
  remove.onclick = () => {
    chosen.set(input, filesOf(input).filter((other) => other !== file))
    URL.revokeObjectURL(pictures.get(file))
    draw(input)
  }
  const progress = document.createElement('progress')
  progress.max = 100
  progress.value = 0
  progress.hidden = true
  el.append(picture, name, size, remove, progress)
  return el
}

function sizeText(bytes) {
  const mb = bytes / 1048576
  return mb >= 0.1 ? mb.toFixed(1) + ' ' + t('mb') : Math.max(1, Math.round(bytes / 1024)) + ' ' + t('kb')
}

// Puts the kept files into the body that htmx is about to send.
export function attach(form, body) {
  for (const input of form.querySelectorAll('input[type=file]')) {
    body.delete(input.name)
    for (const file of filesOf(input)) body.append(input.name, file, file.name)
  }
}

export function progress(form, share) {
  for (const bar of form.querySelectorAll('.file-row progress')) {
    bar.hidden = share >= 1
    bar.value = Math.round(share * 100)
  }
}
