// What the dealer's site embeds: <script src="https://…/lead-form.js" defer></script> and a form with `data-mypark`.
// No dependencies, and under 4 KB once built. It keeps where the visitor came from across pages, sends the form with its
// files, shows how far it is and what came of it. Without it the same form still posts by itself.
(() => {
  const script = document.currentScript
  const address = new URL('/ingest/lead', script.src)
  const MARKS = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'yclid', 'gclid', 'roistat']
  const KEPT = 'mypark_lead'
  const english = document.documentElement.lang.startsWith('en')
  const say = (ru, en) => (english ? en : ru)

  // A browser may refuse to keep anything: then the page itself must do.
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) || {}
    } catch {
      return {}
    }
  }

  // The advertisement that brought a visitor is on the first page that they see, the form on another. A new one replaces
  // the old as a whole: half of each would be nobody's.
  const came = () => {
    const query = new URLSearchParams(location.search)
    const marks = {}
    for (const mark of MARKS) if (query.get(mark)) marks[mark] = query.get(mark)
    const own = document.referrer.startsWith(location.origin)
    let known = kept()
    if (Object.keys(marks).length || (!known.at && !own)) {
      known = { ...marks, referrer: own ? '' : document.referrer, at: Date.now() }
      try {
        localStorage.setItem(KEPT, JSON.stringify(known))
      } catch { /* see kept */ }
    }
    const metrica = /(?:^|; )_ym_uid=([^;]+)/.exec(document.cookie)
    const roistat = /(?:^|; )roistat_visit=([^;]+)/.exec(document.cookie)
    return { roistat: roistat && roistat[1], ...known, ym_uid: metrica && metrica[1] }
  }
  const source = came()

  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

  const bind = (form) => {
    if (form.dataset.myparkBound) return
    form.dataset.myparkBound = 'yes'
    let begun = 0
    let mark = key()
    form.addEventListener('input', () => (begun = begun || performance.now()))

    const trap = document.createElement('input')
    trap.name = 'form_trap'
    trap.tabIndex = -1
    trap.autocomplete = 'off'
    trap.setAttribute('aria-hidden', 'true')
    trap.style.cssText = 'position:absolute;left:-9999px;width:1px;height:1px;opacity:0'
    const status = document.createElement('p')
    status.className = 'mypark-status'
    status.setAttribute('role', 'status')
    form.append(trap, status)

    const tell = (text, failed) => {
      status.textContent = text
      status.dataset.state = failed ? 'failed' : 'ok'
    }
    const refuse = (fields) => {
      let first
      for (const field of form.elements) {
        const wrong = fields && fields[field.name]
        if (wrong) field.setAttribute('aria-invalid', 'true')
        else field.removeAttribute('aria-invalid')
        if (wrong && !first) first = field
      }
      if (first) first.focus()
      return first && fields[first.name]
    }

    form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (form.dataset.busy) return
      const body = new FormData()
      const add = (name, value) => value && body.append(name, value)
      // Fields stand before files: what is wrong with them is then told before the files are read.
      const typed = [...new FormData(form)]
      add('client_key', mark)
      add('form', form.dataset.mypark || form.id)
      add('page', location.href)
      add('form_ms', String(Math.round(performance.now() - begun)))
      for (const name in source) if (name !== 'at' && !form.elements[name]) add(name, source[name])
      for (const [name, value] of typed) if (typeof value === 'string') add(name, value)
      for (const [name, value] of typed) if (value.size) body.append(name, value)

      const call = new XMLHttpRequest()
      const done = (text, failed) => {
        delete form.dataset.busy
        form.removeAttribute('aria-busy')
        tell(text, failed)
      }
      const lost = () => done(say('Нет связи. Ничего не пропало: нажмите ещё раз.', 'No connection. Nothing is lost: press again.'), true)
      form.dataset.busy = 'yes'
      form.setAttribute('aria-busy', 'true')
      tell(say('Отправляем…', 'Sending…'))
      call.upload.onprogress = ({ loaded, total }) => {
        if (total > 1e5) tell(`${say('Отправляем', 'Sending')}: ${Math.round((loaded / total) * 100)} %`)
      }
      call.onerror = call.ontimeout = lost
      call.onload = () => {
        let answer = {}
        try {
          answer = JSON.parse(call.responseText)
        } catch { /* no words: lost() has some */ }
        if (call.status < 300 && answer.number) {
          refuse()
          form.reset()
          mark = key()
          begun = 0
          done(`${say('Спасибо! Обращение принято, номер', 'Thank you! Your request has the number')} ${answer.number}`)
          form.dispatchEvent(new CustomEvent('mypark:sent', { bubbles: true, detail: answer }))
          return
        }
        if (!answer.detail) return lost()
        done(refuse(answer.fields) || answer.detail, true)
      }
      call.open('POST', address)
      call.setRequestHeader('Accept', 'application/json')
      call.timeout = 180000
      call.send(body)
    })
  }

  const look = () => document.querySelectorAll('form[data-mypark]').forEach(bind)
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', look)
  else look()
})()
