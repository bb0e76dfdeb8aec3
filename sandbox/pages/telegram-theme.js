// What Telegram's clients hand to Mini Apps as themeParams: the iOS day and night themes.
export const THEMES = {
  light: {
    accent_text_color: '#007aff',
    bg_color: '#ffffff',
    bottom_bar_bg_color: '#f2f2f2',
    button_color: '#007aff',
    button_text_color: '#ffffff',
    destructive_text_color: '#ff3b30',
    header_bg_color: '#f8f8f8',
    hint_color: '#8e8e93',
    link_color: '#007aff',
    secondary_bg_color: '#efeff4',
    section_bg_color: '#ffffff',
    section_header_text_color: '#6d6d72',
    section_separator_color: '#c8c7cc',
    subtitle_text_color: '#8e8e93',
    text_color: '#000000',
  },
  dark: {
    accent_text_color: '#3e88f7',
    bg_color: '#000000',
    bottom_bar_bg_color: '#1d1d1d',
    button_color: '#3e88f7',
    button_text_color: '#ffffff',
    destructive_text_color: '#eb5545',
    header_bg_color: '#1a1a1a',
    hint_color: '#98989e',
    link_color: '#3e88f7',
    secondary_bg_color: '#1c1c1d',
    section_bg_color: '#2c2c2e',
    section_header_text_color: '#8d8e93',
    section_separator_color: '#545458',
    subtitle_text_color: '#98989e',
    text_color: '#ffffff',
  },
}

// The theme a phone starts with: what was chosen on this computer, else what the system prefers.
export function startTheme(personId, wanted) {
  if (THEMES[wanted]) return wanted
  const kept = localStorage.getItem('sandbox.theme.' + personId)
  if (THEMES[kept]) return kept
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export function keepTheme(personId, theme) {
  localStorage.setItem('sandbox.theme.' + personId, theme)
}

// White or black, whichever reads better on this colour.
export function readableOn(hex) {
  const n = parseInt(hex.slice(1), 16)
  const light = 0.299 * (n >> 16) + 0.587 * ((n >> 8) & 255) + 0.114 * (n & 255)
  return light < 150 ? '#ffffff' : '#000000'
}
