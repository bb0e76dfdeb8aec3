//! What a form of the site brings, under the names that sites use.

use serde::{Deserialize, Serialize};

use crate::files::{Accepted, MAX_FILES};
use crate::leads::Suspicion;
use crate::text::{Email, Phone, clean};
use crate::{Error, Result};

/// People take longer to fill a form, in milliseconds.
const HASTE: i64 = 2500;
/// Unknown fields beyond so many are no form's.
const MAX_EXTRA: usize = 50;
/// A lead of a site that does not name its form.
const FORM: &str = "site";

/// By which advertisement somebody came, as the site saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Tracking {
    /// `utm_source`.
    pub utm_source: Option<String>,
    /// `utm_medium`.
    pub utm_medium: Option<String>,
    /// `utm_campaign`.
    pub utm_campaign: Option<String>,
    /// `utm_content`.
    pub utm_content: Option<String>,
    /// `utm_term`.
    pub utm_term: Option<String>,
    /// The click's id of Yandex Direct.
    pub yclid: Option<String>,
    /// The click's id of Google Ads.
    pub gclid: Option<String>,
    /// The visit's number of Roistat.
    pub roistat: Option<String>,
    /// The visitor's id of Yandex Metrica.
    pub ym_uid: Option<String>,
}

impl Tracking {
    /// The names of all, as sites and CRMs call them.
    pub const NAMES: [&str; 9] = [
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_content",
        "utm_term",
        "yclid",
        "gclid",
        "roistat",
        "ym_uid",
    ];

    /// Every value that is known, with its name, in the order of [`Tracking::NAMES`].
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        Tracking::NAMES
            .into_iter()
            .zip(self.values())
            .filter_map(|(name, value)| Some((name, value?)))
    }

    fn values(&self) -> [Option<&str>; 9] {
        [
            &self.utm_source,
            &self.utm_medium,
            &self.utm_campaign,
            &self.utm_content,
            &self.utm_term,
            &self.yclid,
            &self.gclid,
            &self.roistat,
            &self.ym_uid,
        ]
        .map(Option::as_deref)
    }

    fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "utm_source" => &mut self.utm_source,
            "utm_medium" => &mut self.utm_medium,
            "utm_campaign" => &mut self.utm_campaign,
            "utm_content" => &mut self.utm_content,
            "utm_term" => &mut self.utm_term,
            "yclid" => &mut self.yclid,
            "gclid" => &mut self.gclid,
            "roistat" => &mut self.roistat,
            "ym_uid" => &mut self.ym_uid,
            _ => return None,
        })
    }
}

/// A form as it came; checked where it is received.
#[derive(Clone, Debug, Default)]
pub struct NewLead {
    /// Made by the form: the same key again is the same touch.
    pub client_key: Option<String>,
    /// Which form of the site.
    pub form: String,
    /// How they call themselves.
    pub name: String,
    /// Where to call.
    pub phone: String,
    /// Where to write.
    pub email: String,
    /// In their words.
    pub message: String,
    /// The address of the page with the form.
    pub page: Option<String>,
    /// Where they came to the site from.
    pub referrer: Option<String>,
    /// By which advertisement they came.
    pub tracking: Tracking,
    /// Fields that we do not know: name and value.
    pub extra: Vec<(String, String)>,
    /// Why it looks like a robot's work.
    pub suspicion: Option<Suspicion>,
    /// What was sent along, on disk already.
    pub files: Vec<Accepted>,
}

impl NewLead {
    /// Sorts the fields of a form. `form_trap` is a field that people do not see, `form_ms` the
    /// milliseconds that they took: the two say whether a robot filled it.
    pub fn of_fields(fields: impl IntoIterator<Item = (String, String)>) -> NewLead {
        let mut lead = NewLead { form: FORM.to_owned(), ..NewLead::default() };
        for (name, value) in fields {
            lead.put(&name, value);
        }
        lead
    }

    fn put(&mut self, name: &str, value: String) {
        if let Some(place) = self.tracking.place(name) {
            *place = short(&value, 500);
            return;
        }
        match name {
            "client_key" => self.client_key = clean(&value, 100),
            "form" => self.form = short(&value, 100).unwrap_or_else(|| FORM.to_owned()),
            "name" => self.name = value,
            "phone" => self.phone = value,
            "email" => self.email = value,
            "message" => self.message = value,
            "page" => self.page = short(&value, 2000),
            "referrer" => self.referrer = short(&value, 2000),
            "form_trap" if !value.trim().is_empty() => self.suspicion = Some(Suspicion::Trap),
            "form_ms" if value.trim().parse().is_ok_and(|took: i64| took < HASTE) => {
                self.suspicion = self.suspicion.or(Some(Suspicion::Haste));
            }
            "form_trap" | "form_ms" => {}
            _ => self.keep(name, &value),
        }
    }

    /// What we do not know is the dealer's to read: kept, in the order of the form.
    fn keep(&mut self, name: &str, value: &str) {
        if let (Some(name), Some(value)) = (short(name, 100), short(value, 2000))
            && self.extra.len() < MAX_EXTRA
        {
            self.extra.push((name, value));
        }
    }

    pub(super) fn checked(&self) -> Result<Checked> {
        let required = |field, text: &str, max| match clean(text, max) {
            Some(text) => Ok(text),
            None if text.trim().is_empty() => Err(Error::invalid(field, "error-required")),
            None => Err(Error::invalid(field, "error-too-long")),
        };
        let name = required("name", &self.name, 200)?;
        let phone = required("phone", &self.phone, 100)?;
        let phone = Phone::parse(&phone).ok_or(Error::invalid("phone", "error-phone"))?;
        let email = match self.email.trim() {
            "" => None,
            text => Some(Email::parse(text).ok_or(Error::invalid("email", "error-email"))?),
        };
        let message = match self.message.trim() {
            "" => None,
            text => Some(required("message", text, 10_000)?),
        };
        if self.files.len() > MAX_FILES {
            return Err(Error::invalid("files", "error-files-many"));
        }
        Ok(Checked { name, phone, email, message })
    }
}

/// What a person typed, fit to keep.
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) phone: Phone,
    pub(super) email: Option<Email>,
    pub(super) message: Option<String>,
}

impl Checked {
    /// Who it is: any of these is the same person. In one order, so that nobody waits in a circle.
    pub(super) fn people(&self) -> Vec<String> {
        let email = self.email.iter().map(|email| format!("email:{}", email.as_str()));
        email.chain([format!("phone:{}", self.phone)]).collect()
    }
}

/// What no person typed is cut rather than refused.
fn short(text: &str, max: usize) -> Option<String> {
    let cut: String = text.trim().chars().take(max).collect();
    clean(&cut, max)
}
