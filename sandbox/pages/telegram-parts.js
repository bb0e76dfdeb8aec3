// Small things that every part of the phone needs: elements, icons, words, requests.

// el('button.tg-x', {onclick}, child, 'text') makes an element.
export function el(spec, props, ...children) {
  const [tag, ...classes] = spec.split('.')
  const node = document.createElement(tag || 'div')
  if (classes.length) node.className = classes.join(' ')
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null) continue
    if (name in node && name !== 'style') node[name] = value
    else node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

const PATHS = {
  back: '<path d="M15 4 7 12l8 8"/>',
  clip: '<path d="m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5"/>',
  send: '<path d="M12 20V5m-6.5 6.500L12 5l6.5 6.5"/>',
  menu: '<path d="M5 8h14M5 12h14M5 16h14"/>',
  close: '<path d="m6 6 12 12M18 6 6 18"/>',
  dots: '<circle cx="5" cy="12" r="1.6"/><circle cx="12" cy="12" r="1.6"/><circle cx="19" cy="12" r="1.6"/>',
  keyboard: '<rect x="3" y="6" width="18" height="12" rx="3"/><path d="M7 10h.01M11 10h.01M15 10h.01M8 14h8"/>',
  sun: '<circle cx="12" cy="12" r="4"/><path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.400m0-12.800L17 7M7 17l-1.4 1.4"/>',
  moon: '<path d="M20 14.500A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.500Z"/>',
  app: '<rect x="4" y="4" width="7" height="7" rx="2"/><rect x="13" y="4" width="7" height="7" rx="2"/><rect x="4" y="13" width="7" height="7" rx="2"/><rect x="13" y="13" width="7" height="7" rx="2"/>',
  link: '<path d="M8 16 16 8m-6 0h6v6"/>',
  file: '<path d="M7 3h7l5 5v13H7z"/><path d="M14 3v5h5"/>',
  phone: '<path d="M5 4h4l2 5-2.5 1.500a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1Z"/>',
  down: '<path d="m6 9 6 6 6-6"/>',
  tick: '<path d="m1.5 7 3.5 3.500L11.5 3"/>',
  ticks: '<path d="m1 7 3.5 3.500L11 3m-3 6.5 1.5 1L16 3"/>',
}

export function icon(name) {
  const size = name === 'ticks' ? '0 0 17 13' : name === 'tick' ? '0 0 13 13' : '0 0 24 24'
  const span = el('span.tg-icon.tg-icon-' + name, { ariaHidden: 'true' })
  span.innerHTML = `<svg viewBox="${size}" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${PATHS[name]}</svg>`
  return span
}

const WORDS = {
  ru: {
    bot: 'бот', typing: 'печатает…', message: 'Сообщение', start: 'СТАРТ', unblock: 'РАЗБЛОКИРОВАТЬ',
    edited: 'изменено', menu: 'Меню', close: 'Закрыть', back: 'Назад', cancel: 'Отмена', ok: 'OK', yes: 'Поделиться',
    allow: 'Разрешить', reload: 'Обновить', settings: 'Настройки', openApp: 'Открыть приложение',
    block: 'Заблокировать бота', foreign: 'Прислать чужой контакт', payload: 'Перейти по ссылке бота…',
    payloadText: 'Что стоит в ссылке t.me после ?start= или ?startapp=', light: 'Светлая тема', dark: 'Тёмная тема',
    share: (bot) => `Поделиться номером с ботом «${bot}»?`, write: (bot) => `Разрешить боту «${bot}» писать вам?`,
    unsaved: 'Введённое может не сохраниться. Закрыть?', what: 'Что умеет этот бот?',
    hello: 'Нажмите «Старт», чтобы начать разговор.', noAnswer: 'Бот не ответил', copied: 'Скопировано',
    file: 'Файл', photo: 'Фото', today: 'сегодня', yesterday: 'вчера', qr: 'Что записано в QR-коде?',
    wrote: 'Вы разрешили боту писать вам', data: 'Данные переданы боту', miniApp: 'мини-приложение', more: 'Ещё',
    attach: 'Прикрепить', send: 'Отправить', failed: 'Не получилось',
  },
  en: {
    bot: 'bot', typing: 'typing…', message: 'Message', start: 'START', unblock: 'UNBLOCK', edited: 'edited',
    menu: 'Menu', close: 'Close', back: 'Back', cancel: 'Cancel', ok: 'OK', yes: 'Share', allow: 'Allow',
    reload: 'Reload', settings: 'Settings', openApp: 'Open app', block: 'Block the bot',
    foreign: 'Send a foreign contact', payload: 'Follow a bot link…',
    payloadText: 'What the t.me link carries after ?start= or ?startapp=', light: 'Light theme', dark: 'Dark theme',
    share: (bot) => `Share your phone number with “${bot}”?`, write: (bot) => `Allow “${bot}” to message you?`,
    unsaved: 'Changes may not be saved. Close?', what: 'What can this bot do?',
    hello: 'Press Start to begin.', noAnswer: 'The bot did not answer', copied: 'Copied', file: 'File',
    photo: 'Photo', today: 'today', yesterday: 'yesterday', qr: 'What does the QR code say?',
    wrote: 'You allowed the bot to message you', data: 'Data was sent to the bot', miniApp: 'mini app', more: 'More',
    attach: 'Attach', send: 'Send', failed: 'That did not work',
  },
}

export const words = (language) => WORDS[(language || 'ru').slice(0, 2)] || WORDS.en

export async function ask(url, body) {
  const options = body === undefined ? {} : {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  }
  const answer = await fetch(url, options)
  const json = await answer.json().catch(() => ({}))
  if (!answer.ok) throw Object.assign(new Error(json.error || answer.statusText), { status: answer.status })
  return json
}

const COLOURS = [['#ff885e', '#ff516a'], ['#ffcd6a', '#ffa85c'], ['#82b1ff', '#665fff'], ['#a0de7e', '#54cb68'],
  ['#53edd6', '#28c9b7'], ['#72d5fd', '#2a9ef1'], ['#e0a2f3', '#d669ed']]

// A round picture with initials, in one of Telegram's seven gradients.
export function avatar(id, name) {
  const [from, to] = COLOURS[Math.abs(Number(id)) % 7]
  const initials = (name || '?').split(/\s+/).slice(0, 2).map((word) => [...word][0] || '').join('').toUpperCase()
  return el('span.tg-avatar', { style: `background:linear-gradient(${from},${to})`, ariaHidden: 'true' }, initials)
}

export function bytes(size, language) {
  const units = (language || 'ru').startsWith('ru') ? ['Б', 'КБ', 'МБ'] : ['B', 'KB', 'MB']
  const step = size < 1024 ? 0 : size < 1024 * 1024 ? 1 : 2
  const value = size / 1024 ** step
  return `${step ? value.toFixed(1).replace('.', units[0] === 'Б' ? ',' : '.') : value} ${units[step]}`
}

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString('ru', { hour: '2-digit', minute: '2-digit' })
}

export function day(seconds, language, say) {
  const date = new Date(seconds * 1000)
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000)
  if (days === 0) return say.today
  if (days === 1) return say.yesterday
  return date.toLocaleDateString(language || 'ru', { day: 'numeric', month: 'long' })
}
