//! What is said of a site lead.

use domain::leads::{Lead, LeadCase, Touch};
use domain::texts::Texts;

/// The title of a site lead, in any CRM.
pub fn lead_title(texts: &Texts, lead: &Lead) -> String {
    texts.format("crm-lead-title", &[("name", lead.name.as_str().into())])
}

/// The title of a site lead that is a deal. The number stands in it so that it can be looked for.
pub fn lead_deal_title(texts: &Texts, lead: &Lead) -> String {
    let args = [("number", lead.number.as_str().into()), ("name", lead.name.as_str().into())];
    texts.format("crm-lead-deal-title", &args)
}

/// The first line of [`touch_text`]: by it a note is found again.
pub fn touch_title(texts: &Texts, case: &LeadCase, touch: &Touch) -> String {
    let key = if case.first().id == touch.id { "crm-lead" } else { "crm-lead-again" };
    let nth = case.touches.iter().position(|known| known.id == touch.id).unwrap_or_default() + 1;
    texts.format(key, &[("number", case.lead.number.as_str().into()), ("nth", nth.into())])
}

/// One form of a site lead in full: who, what they wrote, where they came from, every field.
pub fn touch_text(texts: &Texts, case: &LeadCase, touch: &Touch) -> String {
    let mut text = vec![touch_title(texts, case, touch)];
    let mut say = |key: &str, name: &'static str, value: &str| {
        text.push(texts.format(key, &[(name, value.into())]));
    };
    say("crm-customer", "name", &touch.name);
    if let Some(phone) = &touch.phone {
        say("crm-phone", "phone", phone.as_str());
    }
    if let Some(email) = &touch.email {
        say("crm-email", "email", email.as_str());
    }
    say("crm-lead-form", "form", &case.lead.form);
    if let Some(page) = &touch.page {
        say("crm-lead-page", "page", page);
    }
    if let Some(referrer) = &touch.referrer {
        say("crm-lead-referrer", "referrer", referrer);
    }
    if !touch.files.is_empty() {
        text.push(texts.format("crm-files", &[("count", touch.files.len().into())]));
    }
    text.extend(touch.tracking.pairs().map(|(name, value)| format!("{name}: {value}")));
    text.extend(touch.extra.iter().map(|(name, value)| format!("{name}: {value}")));
    if let Some(message) = &touch.message {
        text.push(String::new());
        text.push(message.clone());
    }
    text.join("\n")
}
