//! Plates: what anybody sees, and what somebody in Telegram does.

use askama::Template;
use domain::text::FieldFault;

use crate::assets::Assets;
use crate::ui::Ui;
use crate::views::parts::CaseCell;

/// The public face of a plate: a document of its own that works without a script.
#[derive(Template)]
#[template(path = "plate.html")]
pub(crate) struct PlatePage<'a> {
    pub(crate) ui: Ui,
    pub(crate) lang: &'static str,
    pub(crate) assets: &'a Assets,
    /// The model, or what is said of a plate without a machine.
    pub(crate) title: String,
    /// Category and maker.
    pub(crate) about: String,
    pub(crate) photo: Option<String>,
    /// It is on no machine yet.
    pub(crate) blank: bool,
    /// No plate has ever borne this address.
    pub(crate) unknown: bool,
    /// What the dealer is called; may be empty.
    pub(crate) seller: String,
    /// The dealer's phone: as links have it, as people read it.
    pub(crate) phone: Option<(String, String)>,
    /// What opens it in Telegram.
    pub(crate) telegram: String,
    /// The number of the request that was just made.
    pub(crate) number: Option<String>,
    /// Why the call was not taken; empty where nothing is wrong or the field says it.
    pub(crate) note: String,
    pub(crate) form: Option<CallForm>,
}

/// «Станок стоит», from somebody without an account.
pub(crate) struct CallForm {
    pub(crate) action: String,
    pub(crate) client_key: String,
    /// Signed: when the form was drawn.
    pub(crate) opened: String,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) text: String,
    pub(crate) consent: bool,
    pub(crate) wrong: Option<FieldFault>,
}

impl CallForm {
    /// Fields that say themselves what is wrong with them.
    pub(crate) const FIELDS: [&'static str; 5] = ["name", "phone", "text", "files", "consent"];

    /// What is wrong with a field; empty where nothing is.
    pub(crate) fn wrong(&self, ui: &Ui, field: &str) -> String {
        let wrong = self.wrong.filter(|wrong| wrong.field == field);
        wrong.map(|wrong| ui.s(wrong.problem).to_owned()).unwrap_or_default()
    }
}

/// A plate in the Mini App, for somebody to whom its machine is not shown.
#[derive(Template)]
#[template(path = "plate_app.html")]
pub(crate) struct PlateAppPage {
    pub(crate) ui: Ui,
    pub(crate) code: String,
    /// As it is printed.
    pub(crate) shown: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) photo: Option<String>,
    /// The page on which anybody may say that the machine stands.
    pub(crate) public: String,
    /// They have asked, and are told when it is decided.
    pub(crate) asked: bool,
    /// They may ask.
    pub(crate) can_ask: bool,
    /// The engineer's open jobs, where the plate is blank and may be put on one's machine.
    pub(crate) jobs: Vec<CaseCell>,
}
