// Lists by keys: j and k walk the rows, Enter opens (the row's link has the focus), / leads to the search.

const links = () => [...document.querySelectorAll('[data-rows] a.row-link, [data-rows] > a.cell')]

function walk(by) {
  const rows = links()
  if (!rows.length) return
  const now = rows.indexOf(document.activeElement)
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by))
  rows[next].focus()
  rows[next].closest('tr, article, a').scrollIntoView({ block: 'nearest' })
}

export function keys() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const typing = event.target.closest('input, textarea, select, dialog')
    if (event.key === 'Escape' && typing && typing.matches('[data-search]')) return typing.blur()
    if (typing) return
    // By place, so that a Russian layout walks as well.
    if (event.code === 'KeyJ') walk(1)
    else if (event.code === 'KeyK') walk(-1)
    else if (event.key === '/' || (event.code === 'Slash' && !event.shiftKey)) {
      const search = document.querySelector('[data-search]')
      if (!search) return
      event.preventDefault()
      search.focus()
      search.select()
    }
  })
}
