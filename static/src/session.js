// The session that outlives initData: a token in memory and sessionStorage, since cookies are not dependable in frames.
import * as telegram from './telegram.js'

const TOKEN = 'mypark.token'
const LAUNCH = 'mypark.launch'
let memory = {}

export function keep(key, value) {
  memory[key] = value
  try {
    sessionStorage.setItem(key, value)
  } catch (_) {
    // Memory has it; a reload will exchange initData again.
  }
}

export function kept(key) {
  if (memory[key]) return memory[key]
  try {
    return sessionStorage.getItem(key) || ''
  } catch (_) {
    return ''
  }
}

export const authorization = () => (kept(TOKEN) ? 'Bearer ' + kept(TOKEN) : 'tma ' + telegram.initData())

// A launch is the same one when its initData is: then the page that was open is opened again.
export function isSameLaunch() {
  const mark = telegram.initData().slice(-64)
  const same = kept(LAUNCH) === mark
  keep(LAUNCH, mark)
  return same
}

export class Refused extends Error {
  constructor(status, code) {
    super(code)
    this.status = status
    this.code = code
  }
}

let opening = null

// Exchanges initData for a session. Calls that come together share one exchange.
export function open() {
  opening = opening || exchange().finally(() => { opening = null })
  return opening
}

async function exchange() {
  const answer = await fetch('/app/session', {
    method: 'POST',
    headers: { Authorization: 'tma ' + telegram.initData(), Accept: 'application/json' },
    credentials: 'omit',
  })
  const body = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Refused(answer.status, body.code || 'unavailable')
  keep(TOKEN, body.token)
  return body
}

export const forget = () => keep(TOKEN, '')
