//! The address under which a client opens a Mini App.

use serde_json::Value;

use crate::telegram::Telegram;
use crate::telegram::init_data::percent;

impl Telegram {
    /// The address of a Mini App with launch data, as a client opens it.
    ///
    /// `theme` is the client's `themeParams`; `start_param` belongs to a direct link.
    #[must_use]
    pub fn launch_url(
        &self,
        person: i64,
        page: &str,
        start_param: Option<&str>,
        theme: &Value,
    ) -> String {
        let mut address = page.to_owned();
        if let Some(start_param) = start_param {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str("tgWebAppStartParam=");
            address.push_str(&percent(start_param));
        }
        address.push(if address.contains('#') { '&' } else { '#' });
        address.push_str("tgWebAppData=");
        address.push_str(&percent(&self.init_data(person, start_param)));
        address.push_str("&tgWebAppVersion=9.1&tgWebAppPlatform=web&tgWebAppThemeParams=");
        address.push_str(&percent(&theme.to_string()));
        address
    }
}
