// Cards that are dragged between columns: by mouse anywhere on the card, by touch at its handle (the rest scrolls). What
// is dropped is posted as the page's own form would; a refusal is said and the card is where it was. `m` on a card
// chooses it and leads to the form.
import htmx from 'htmx.org'
import { toast } from './console-forms.js'

const FAR = 6
let held = null

export const dragging = () => Boolean(held && held.ghost)

function begin(event) {
  const card = event.target.closest('[data-board] [data-card]')
  if (!card || event.button !== 0 || event.target.closest('input, label, select, button')) return
  if (event.pointerType !== 'mouse' && !event.target.closest('[data-grip]')) return
  held = { card, id: event.pointerId, x: event.clientX, y: event.clientY, ghost: null, over: null }
}

function lift() {
  const box = held.card.getBoundingClientRect()
  const ghost = held.card.cloneNode(true)
  ghost.removeAttribute('data-card')
  ghost.classList.add('board-ghost')
  for (const input of ghost.querySelectorAll('input')) input.remove()
  Object.assign(ghost.style, { width: box.width + 'px', left: box.left + 'px', top: box.top + 'px' })
  document.body.append(ghost)
  document.body.classList.add('is-dragging')
  held.card.classList.add('is-lifted')
  held.card.setPointerCapture(held.id)
  held.ghost = ghost
}

function move(event) {
  if (!held || event.pointerId !== held.id) return
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y]
  if (!held.ghost) {
    if (Math.hypot(dx, dy) < FAR) return
    lift()
  }
  event.preventDefault()
  held.ghost.style.transform = `translate(${dx}px, ${dy}px)`
  scroll(event)
  const under = document.elementFromPoint(event.clientX, event.clientY)
  const over = under && under.closest('[data-drop]')
  if (over === held.over) return
  if (held.over) held.over.classList.remove('is-over')
  if (over && !over.contains(held.card)) over.classList.add('is-over')
  held.over = over
}

// Near an edge the board follows the card.
function scroll(event) {
  const wide = held.card.closest('.board, .week-scroll')
  const edge = 48
  if (wide) {
    const box = wide.getBoundingClientRect()
    if (event.clientX > box.right - edge) wide.scrollLeft += 16
    else if (event.clientX < box.left + edge) wide.scrollLeft -= 16
  }
  if (event.clientY > innerHeight - edge) scrollBy(0, 16)
  else if (event.clientY < edge) scrollBy(0, -16)
}

function release() {
  const was = held
  held = null
  if (!was || !was.ghost) return null
  was.ghost.remove()
  document.body.classList.remove('is-dragging')
  was.card.classList.remove('is-lifted')
  if (was.over) was.over.classList.remove('is-over')
  return was
}

function drop(event) {
  if (!held || event.pointerId !== held.id) return
  const was = release()
  if (!was) return
  // The link under the pointer is not followed.
  document.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => document.removeEventListener('click', swallow, { capture: true }), 0)
  if (was.over && was.over.dataset.drop && !was.over.contains(was.card)) send(was.card, was.over)
}

function swallow(event) {
  event.preventDefault()
  event.stopPropagation()
}

async function send(card, column) {
  const form = document.getElementById('mover')
  const home = [card.parentNode, card.nextSibling]
  const back = () => { if (home[0].isConnected) home[0].insertBefore(card, home[1]) }
  const body = new URLSearchParams(new FormData(form))
  body.set('number', card.dataset.card)
  for (const [name, value] of new URLSearchParams(column.dataset.drop)) body.set(name, value)
  const head = column.querySelector(':scope > .board-head')
  if (head) head.after(card)
  else column.prepend(card)
  card.classList.add('is-sending')
  const words = document.body.dataset
  try {
    const headers = { Accept: 'text/html, application/problem+json' }
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body, headers })
    if (/problem\+json/.test(answer.headers.get('content-type') || '')) {
      const said = await answer.json()
      back()
      toast(Object.values(said.fields || {})[0] || said.detail || words.failed, true)
    } else if (!answer.ok) {
      back()
      toast(words.failed, true)
    } else {
      htmx.ajax('GET', location.pathname + location.search, { target: '#board', select: '#board', swap: 'outerHTML' })
    }
  } catch (_) {
    back()
    toast(words.offline, true)
  } finally {
    card.classList.remove('is-sending')
  }
}

function choose(event) {
  if (event.code !== 'KeyM' || event.ctrlKey || event.metaKey || event.altKey) return
  const card = event.target.closest('[data-board] [data-card]')
  const to = document.querySelector('[data-move]')
  if (!card || !to || event.target.closest('select')) return
  event.preventDefault()
  card.querySelector('input[type=radio]').checked = true
  to.focus()
}

export function board() {
  if (!document.querySelector('[data-board]')) return
  document.addEventListener('pointerdown', begin)
  document.addEventListener('pointermove', move, { passive: false })
  document.addEventListener('pointerup', drop)
  document.addEventListener('pointercancel', release)
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && dragging()) release(); else choose(event) })
  document.addEventListener('dragstart', (event) => { if (event.target.closest('[data-card]')) event.preventDefault() })
}
