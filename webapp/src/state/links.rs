//! Addresses that lead here from elsewhere: from a plate, from Telegram, to a file for one person.

use chrono::TimeDelta;

use crate::state::AppState;

/// How long the link to a file works: a page may lie open for a while before a document is wanted.
const FILE_LINK_LENGTH: TimeDelta = TimeDelta::hours(1);

impl AppState {
    /// The permanent address of a plate, or of a machine by its id.
    pub(crate) fn plate_address(&self, code: &str) -> String {
        match &self.0.public_url {
            Some(url) => format!("{url}/p/{code}"),
            // Without an address of our own only Telegram can be reached by a camera.
            None => self.plate_in_telegram(code),
        }
    }

    /// What opens a plate in the Mini App.
    pub(crate) fn plate_in_telegram(&self, code: &str) -> String {
        format!("{}?startapp=p_{code}", self.0.bot_link)
    }

    /// Where Telegram asks a person whether they sign in here, and sends them back with its answer
    /// behind `#tgAuthResult=`. Empty without TLS: Telegram knows sites by their domain.
    pub(crate) fn telegram_login(&self, next: &str) -> String {
        let Some(url) = self.0.public_url.as_deref().filter(|_| self.tls()) else {
            return String::new();
        };
        let mut back = form_urlencoded::Serializer::new(String::new());
        let back = back.append_pair("next", next).finish();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("bot_id", &self.0.bot_id)
            .append_pair("origin", url)
            .append_pair("request_access", "write")
            .append_pair("return_to", &format!("{url}/staff/sign-in?{back}"))
            .finish();
        format!("https://oauth.telegram.org/auth?{query}")
    }

    /// What a signed link to a printed passport is about.
    pub(crate) fn paper(machine: &str) -> String {
        format!("passport:{machine}")
    }

    /// The address of a machine's passport as a PDF for one person; it expires.
    pub(crate) fn paper_link(&self, machine: &str, telegram_id: i64) -> String {
        let until = self.now() + FILE_LINK_LENGTH;
        let query = self.signer().file_query(&AppState::paper(machine), telegram_id, until);
        format!("/app/machines/{machine}/passport.pdf?{query}")
    }

    /// The address of a stored file for one person; it expires.
    pub(crate) fn file_link(&self, file: &str, telegram_id: i64) -> String {
        let until = self.now() + FILE_LINK_LENGTH;
        format!("/app/files/{file}?{}", self.signer().file_query(file, telegram_id, until))
    }
}
