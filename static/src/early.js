// Sets Telegram's theme before the first paint: waiting for the main script would flash the wrong colours.
const KEY = 'mypark.theme'

function launchTheme() {
  const raw = new URLSearchParams(location.hash.slice(1)).get('tgWebAppThemeParams')
  try {
    if (raw) sessionStorage.setItem(KEY, raw)
    return JSON.parse(raw || sessionStorage.getItem(KEY) || '{}')
  } catch (_) {
    return raw ? JSON.parse(raw) : {}
  }
}

function isDark(hex) {
  const n = parseInt(hex.slice(1), 16)
  return 0.299 * (n >> 16) + 0.587 * ((n >> 8) & 255) + 0.114 * (n & 255) < 128
}

try {
  const root = document.documentElement
  const theme = launchTheme()
  for (const name of Object.keys(theme)) {
    const value = theme[name]
    if (typeof value !== 'string' || !/^#[0-9a-f]{6}$/i.test(value)) continue
    root.style.setProperty('--tg-theme-' + name.replace(/_/g, '-'), value)
    if (name === 'bg_color') root.dataset.theme = isDark(value) ? 'dark' : 'light'
  }
  if (location.hash.includes('tgWebAppData') || window.TelegramWebviewProxy || window.top !== window) {
    root.classList.add('tg')
  }
} catch (_) {
  // The style sheet carries neutral colours of its own.
}
