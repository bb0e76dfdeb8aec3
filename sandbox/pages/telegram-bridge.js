// Telegram Web's protocol: what a Mini App posts to the window around it, and what is posted back.
import { ask } from './telegram-parts.js'

const NO_INSETS = { top: 0, bottom: 0, left: 0, right: 0 }

const ANSWERS = {
  iframe_ready: (app) => app.tellViewport(),
  web_app_ready: (app) => app.ready(),
  web_app_expand: (app) => app.tellViewport(),
  web_app_close: (app) => app.remove(),
  web_app_request_theme: (app) => app.tellTheme(),
  web_app_request_viewport: (app) => app.tellViewport(),
  web_app_request_safe_area: (app) => app.tell('safe_area_changed', NO_INSETS),
  web_app_request_content_safe_area: (app) => app.tell('content_safe_area_changed', NO_INSETS),
  web_app_setup_main_button: (app, data) => app.setButton('main', data),
  web_app_setup_secondary_button: (app, data) => app.setButton('secondary', data),
  web_app_setup_back_button: (app, data) => app.showBack(!!data.is_visible),
  web_app_setup_settings_button: (app, data) => { app.hasSettings = !!data.is_visible },
  web_app_setup_closing_behavior: (app, data) => { app.needsConfirmation = !!data.need_confirmation },
  // There is no swipe to switch off in a browser.
  web_app_setup_swipe_behavior: () => {},
  web_app_set_header_color: (app, data) => app.setColour('header', data),
  web_app_set_background_color: (app, data) => app.setColour('background', data),
  web_app_set_bottom_bar_color: (app, data) => app.setColour('bottom', data),
  web_app_trigger_haptic_feedback: (app, data) => app.phone.buzz(data),
  web_app_hide_keyboard: (app) => app.frame.blur(),
  web_app_open_popup: openPopup,
  web_app_request_phone: requestPhone,
  web_app_request_write_access: requestWriteAccess,
  web_app_invoke_custom_method: invoke,
  web_app_open_link: (app, data) => window.open(data.url, '_blank', 'noopener'),
  web_app_open_tg_link: (app, data) => app.phone.openLink('https://t.me' + data.path_full),
  web_app_data_send: sendData,
  web_app_open_scan_qr_popup: scan,
  web_app_close_scan_qr_popup: (app) => app.tell('scan_qr_popup_closed'),
  web_app_read_text_from_clipboard: (app, data) => app.tell('clipboard_text_received', { req_id: data.req_id, data: null }),
  web_app_request_fullscreen: (app) => app.tell('fullscreen_failed', { error: 'UNSUPPORTED' }),
  web_app_check_home_screen: (app) => app.tell('home_screen_checked', { status: 'unsupported' }),
  web_app_add_to_home_screen: (app) => app.tell('home_screen_failed', { error: 'UNSUPPORTED' }),
  web_app_biometry_get_info: (app) => app.tell('biometry_info_received', { available: false }),
  web_app_check_location: (app) => app.tell('location_checked', { available: false }),
  web_app_request_location: (app) => app.tell('location_requested', { available: false }),
  web_app_open_invoice: (app, data) => app.tell('invoice_closed', { slug: data.slug, status: 'failed' }),
  web_app_request_file_download: download,
}

// Answers one event of the page. Events that are not in the table are shown in the console and left.
export function answer(app, type, data) {
  const handler = ANSWERS[type]
  if (handler) handler(app, data)
  else console.info('Telegram sandbox: nothing answers', type, data)
}

async function openPopup(app, data) {
  const id = await app.phone.popup(data)
  app.tell('popup_closed', id === null ? {} : { button_id: id })
}

async function requestPhone(app) {
  const agreed = await app.phone.confirmPhone()
  if (agreed) {
    app.sharedPhone = true
    await app.phone.act({ act: 'contact' })
  }
  app.tell('phone_requested', { status: agreed ? 'sent' : 'cancelled' })
}

async function requestWriteAccess(app) {
  const { say } = app.phone
  const buttons = [{ id: 'no', type: 'cancel' }, { id: 'yes', type: 'default', text: say.allow }]
  const known = app.phone.chat.started && !app.phone.chat.blocked
  const agreed = known || await app.phone.popup({ message: say.write(app.phone.chat.bot.name), buttons }) === 'yes'
  if (agreed && !known) await app.phone.act({ act: 'allow_writing' })
  app.tell('write_access_requested', { status: agreed ? 'allowed' : 'cancelled' })
}

async function invoke(app, data) {
  let result
  if (data.method === 'getRequestedContact' && !app.sharedPhone) result = { error: 'REQUESTED_CONTACT_NOT_FOUND' }
  else result = await ask(app.phone.chatUrl('custom-method'), data).catch((error) => ({ error: error.message }))
  app.tell('custom_method_invoked', { req_id: data.req_id, ...result })
}

async function sendData(app, data) {
  // Only an app from the reply keyboard may send data, as in Telegram.
  if (!app.launch.replyButton) return
  await app.phone.act({ act: 'web_app_data', button: app.launch.replyButton, data: data.data })
  app.remove()
}

async function scan(app, data) {
  const text = await app.phone.prompt(data.text || app.phone.say.qr)
  if (text === null) app.tell('scan_qr_popup_closed')
  else app.tell('qr_text_received', { data: text })
}

function download(app, data) {
  const link = document.createElement('a')
  Object.assign(link, { href: data.url, download: data.file_name || '' })
  link.click()
  app.tell('file_download_requested', { status: 'downloading' })
}
