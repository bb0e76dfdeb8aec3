// The words that the script itself says. They come with the shell, in both languages, from the same files as the pages.
let language = 'ru'

export function setLanguage(code) {
  language = String(code || 'ru').toLowerCase().startsWith('ru') ? 'ru' : 'en'
  document.documentElement.lang = language
}

export function t(key) {
  const box = document.getElementById('texts-' + language)
  return (box && box.dataset[key]) || ''
}
