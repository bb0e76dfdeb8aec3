// The Mini App's start: Telegram, session, first page. Everything else is htmx and the pages' own markup.
import htmx from 'htmx.org'
import * as telegram from './telegram.js'
import * as session from './session.js'
import * as navigation from './navigation.js'
import * as forms from './forms.js'
import * as files from './files.js'
import * as requests from './requests.js'
import * as search from './search.js'
import * as prefetch from './prefetch.js'
import * as poll from './poll.js'
import * as seen from './seen.js'
import { notice, offline } from './feedback.js'
import { setLanguage } from './texts.js'

window.htmx = htmx
Object.assign(htmx.config, {
  historyEnabled: false,
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  scrollIntoViewOnBoost: false,
  defaultSettleDelay: 0,
  timeout: 30000,
})

function expired(code) {
  seen.forget()
  telegram.showBack(null)
  telegram.setBottom('main', '', null)
  telegram.setBottom('second', '', null)
  notice(code === 'init_data_expired' ? 'expired' : 'outside', () => telegram.close())
}

async function boot() {
  const inside = telegram.start()
  const launch = telegram.launch()
  setLanguage(launch.language)
  if (!inside || !telegram.initData()) {
    notice('outside')
    return
  }
  const wanted = navigation.fromStartParam(launch.startParam)
  const again = session.isSameLaunch()
  try {
    const opened = await session.open()
    setLanguage(opened.lang)
    await navigation.go(firstPath(again, wanted, opened.home), true)
    seen.keepShell()
  } catch (error) {
    if (error instanceof session.Refused && error.status < 500 && error.status !== 429) expired(error.code)
    else if (!navigation.showKept(firstPath(again, wanted), boot)) offline(boot)
  }
  telegram.ready()
}

// A reload goes where the person was; a link goes where it points; anything else goes home.
function firstPath(again, wanted, home) {
  const asked = /^\/app\/?$/.test(location.pathname) ? '' : location.pathname + location.search
  return asked || (again && navigation.lastPath()) || wanted || home || '/app/park'
}

function listen() {
  forms.listen()
  files.listen()
  search.listen()
  navigation.listen()
  prefetch.listen()
  poll.listen()
  requests.listen(expired)
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-outside], a[data-file]')
    if (link) {
      event.preventDefault()
      const { file, save } = link.dataset
      if (save) telegram.save(link.href, file.endsWith('.' + save) ? file : file + '.' + save)
      else telegram.openOutside(link.href)
    }
    if (event.target.closest('[data-back]')) { event.preventDefault(); navigation.back() }
    if (event.target.closest('[data-reload]')) { event.preventDefault(); navigation.reload() }
    if (event.target.closest('[data-print]')) { event.preventDefault(); window.print() }
    const scanner = event.target.closest('[data-scan]')
    if (scanner) { event.preventDefault(); scanPlate(scanner.form) }
    if (event.target.closest('[data-contact]')) { event.preventDefault(); shareContact() }
  })
}

// A plate's address ends with its code; anything else that the camera sees is passed over.
async function scanPlate(form) {
  const seen = await telegram.scan((text) => /\/p\/[0-9A-Za-z-]{8,9}\/?$/.test(text))
  if (!seen) return
  form.elements.code.value = seen
  telegram.haptic.success()
}

// The phone reaches us as the bot's message, a moment after Telegram said that it was sent.
async function shareContact() {
  if (!(await telegram.askContact())) return
  telegram.haptic.success()
  for (const pause of [700, 1500, 3000]) {
    await new Promise((done) => setTimeout(done, pause))
    await navigation.reload()
    if (!document.querySelector('[data-contact]')) return
  }
}

function begin() {
  listen()
  boot()
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin)
else begin()
