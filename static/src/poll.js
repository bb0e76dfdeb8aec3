// What others write comes while somebody looks: the part of a page that waits for it (`data-poll`) asks again.
const EVERY = 4000

function ask() {
  if (document.hidden) return
  for (const one of document.querySelectorAll('#main:not([data-kept]) [data-poll]')) window.htmx.trigger(one, 'poll')
}

export function listen() {
  setInterval(ask, EVERY)
  document.addEventListener('visibilitychange', ask)
}
