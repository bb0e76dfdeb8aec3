// Search. While somebody types, what they may mean stands below the words: a combobox whose list is walked with the
// arrow keys (WAI-ARIA Authoring Practices, «list autocomplete with manual selection»). Else they walk the results.
const ACTIVE = 'aria-activedescendant'
// The words that were searched for or led somewhere: late suggestions for them stay away.
let asked = null

const field = () => document.querySelector('#main form.search .q')
const listOf = (words) => document.getElementById(words.getAttribute('aria-controls'))
const isOpen = (words) => words.getAttribute('aria-expanded') === 'true'

function open(words, on) {
  const list = listOf(words)
  if (!list) return
  list.hidden = !on
  words.setAttribute('aria-expanded', on)
  if (!on) point(words, null)
}

function point(words, option) {
  for (const one of listOf(words).children) one.setAttribute('aria-selected', one === option)
  if (!option) return words.removeAttribute(ACTIVE)
  words.setAttribute(ACTIVE, option.id)
  return option.scrollIntoView({ block: 'nearest' })
}

// Whether the key was for the list.
function choose(words, key) {
  const list = listOf(words)
  const options = list ? Array.from(list.children) : []
  const chosen = document.getElementById(words.getAttribute(ACTIVE))
  const step = { ArrowDown: 1, ArrowUp: -1 }[key]
  if (step && options.length) {
    const at = options.indexOf(chosen)
    if (!isOpen(words)) open(words, true)
    point(words, options[at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length])
    return true
  }
  if (!isOpen(words)) return false
  if (key === 'Escape') open(words, false)
  else if (key === 'Enter' && chosen) chosen.click()
  else return false
  return true
}

function walk(words, from, key) {
  const rows = Array.from(document.querySelectorAll('#results a.cell'))
  const at = from === words ? -1 : rows.indexOf(from)
  if (at < 0 && from !== words) return false
  const to = { ArrowDown: Math.min(at + 1, rows.length - 1), ArrowUp: at - 1, Escape: -1 }[key]
  if (to === undefined || (key === 'Escape' && at < 0)) return false
  ;(to < 0 ? words : rows[to]).focus()
  return true
}

export function listen() {
  document.addEventListener('keydown', (event) => {
    const words = field()
    if (!words || event.isComposing) return
    const { target, key } = event
    if ((target === words && choose(words, key)) || walk(words, target, key)) event.preventDefault()
  })
  document.addEventListener('submit', (event) => {
    const words = event.target.matches('form.search') && field()
    if (words) { asked = words.value; open(words, false) }
  })
  document.addEventListener('input', (event) => { if (event.target === field()) asked = null })
  // The words keep the focus while a suggestion is pressed.
  document.addEventListener('mousedown', (event) => { if (event.target.closest('.suggestions')) event.preventDefault() })
  document.addEventListener('click', (event) => { if (event.target.closest('.suggestions')) asked = field().value })
  // Whoever turns to the results finds those of what was typed.
  document.addEventListener('focusout', (event) => {
    const words = event.target
    if (words !== field() || !listOf(words)) return
    open(words, false)
    const shown = new URLSearchParams(location.search).get('q') || ''
    if (words.value !== asked && words.value !== shown) window.htmx.trigger(words.form, 'submit')
  })
  document.body.addEventListener('htmx:afterSettle', (event) => {
    const words = field()
    if (!words || event.detail.requestConfig.elt !== words) return
    point(words, null)
    open(words, listOf(words).children.length > 0 && words === document.activeElement && words.value !== asked)
  })
}
