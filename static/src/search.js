// The search's results are walked with the arrow keys; Escape leads back to the words.
export function listen() {
  document.addEventListener('keydown', (event) => {
    const words = document.querySelector('#main form.search .q')
    if (!words) return
    const rows = Array.from(document.querySelectorAll('#results a.cell'))
    const at = event.target === words ? -1 : rows.indexOf(event.target)
    if (at < 0 && event.target !== words) return
    const to = { ArrowDown: Math.min(at + 1, rows.length - 1), ArrowUp: at - 1, Escape: -1 }[event.key]
    if (to === undefined || (event.key === 'Escape' && at < 0)) return
    event.preventDefault()
    const next = to < 0 ? words : rows[to]
    next.focus()
  })
}
