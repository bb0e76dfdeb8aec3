//! What is asked of somebody who calls for help, by kind: the alarm code, symptoms, photos without
//! which the engineer comes twice.

use crate::files::Accepted;
use crate::requests::Kind;
use crate::text::clean;
use crate::texts::Texts;
use crate::{Error, Result};

/// What the form of a kind asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide {
    /// Whether there may be an alarm code on the screen.
    pub alarm: bool,
    /// What may be wrong, each a name in the keys of texts: `symptom-…`.
    pub symptoms: &'static [&'static str],
    /// Photos that are needed, each a name in the keys of texts: `photo-…`.
    pub photos: &'static [&'static str],
    /// Whether the machine may stand still for it.
    pub standstill: bool,
}

const SYMPTOMS: &[&str] =
    &["no-start", "alarm", "spindle", "axis", "precision", "noise", "leak", "heat"];

impl Kind {
    /// What is asked for help of this kind.
    pub const fn guide(self) -> Guide {
        match self {
            Kind::Breakdown => Guide {
                alarm: true,
                symptoms: SYMPTOMS,
                photos: &["screen", "fault"],
                standstill: true,
            },
            Kind::Warranty => Guide {
                alarm: true,
                symptoms: SYMPTOMS,
                photos: &["plate", "fault"],
                standstill: true,
            },
            Kind::Commissioning => {
                Guide { alarm: false, symptoms: &[], photos: &["place"], standstill: false }
            }
            Kind::Maintenance | Kind::Consultation => {
                Guide { alarm: false, symptoms: &[], photos: &[], standstill: false }
            }
        }
    }
}

/// What a form answers to a [`Guide`], as it came.
#[derive(Clone, Debug, Default)]
pub struct Guided {
    /// The code on the screen; may be empty.
    pub alarm: String,
    /// Names of the guide's symptoms; others are nobody's.
    pub symptoms: Vec<String>,
    /// In their words; may be empty where there is an alarm or a symptom.
    pub text: String,
    /// They cannot take the photos.
    pub without_photos: bool,
}

/// One text of everything that was answered, as cards, deals and pages show it.
///
/// # Errors
/// `Invalid` names `alarm_code`, `symptoms`, or `without_photos` when photos lack.
pub fn describe(texts: &Texts, kind: Kind, told: &Guided, files: &[Accepted]) -> Result<String> {
    let guide = kind.guide();
    let pictures = files.iter().filter(|file| file.content_type().starts_with("image/")).count();
    if pictures < guide.photos.len() && !told.without_photos {
        return Err(Error::invalid("without_photos", "error-photos-needed"));
    }
    let mut lines = Vec::new();
    if guide.alarm && !told.alarm.trim().is_empty() {
        let code = clean(&told.alarm, 100).ok_or(Error::invalid("alarm_code", "error-too-long"))?;
        lines.push(texts.format("guided-alarm", &[("code", code.into())]));
    }
    let mut symptoms = Vec::new();
    for name in &told.symptoms {
        let known = guide.symptoms.iter().find(|known| **known == name.as_str());
        let known = known.ok_or(Error::invalid("symptoms", "error-choice"))?;
        symptoms.push(texts.get(&format!("symptom-{known}")).to_lowercase());
    }
    if !symptoms.is_empty() {
        lines.push(texts.format("guided-symptoms", &[("list", symptoms.join(", ").into())]));
    }
    lines.extend(clean(&told.text, usize::MAX));
    Ok(lines.join("\n"))
}
