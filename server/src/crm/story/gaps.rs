//! What a won deal lacks before its machines have passports.

use domain::machines::Gap;
use domain::texts::Texts;

/// What is to be filled in before the machines of a won deal get their passports. `field` knows
/// what the CRM calls a field of ours.
pub fn gaps_text(texts: &Texts, gaps: &[Gap], field: impl Fn(&str) -> Option<String>) -> String {
    let name = |ours: &str| {
        field(ours).unwrap_or_else(|| texts.get(&format!("plan-field-{ours}")).to_owned())
    };
    let refused = gaps.iter().any(|gap| matches!(gap, Gap::Refused { .. }));
    let title = if refused { "crm-gap-refused-title" } else { "crm-gap-title" };
    let mut text = vec![texts.get(title).to_owned()];
    for gap in gaps {
        text.push(match gap {
            Gap::Serial { line, model } => {
                let model = model.as_deref().unwrap_or("—");
                let args = [
                    ("field", name("serial").into()),
                    ("line", line.to_string().into()),
                    ("model", model.into()),
                ];
                texts.format("crm-gap-serial", &args)
            }
            Gap::Model { line, serial } => {
                let serial = serial.as_deref().unwrap_or("—");
                let args = [
                    ("field", name("model").into()),
                    ("line", line.to_string().into()),
                    ("serial", serial.into()),
                ];
                texts.format("crm-gap-model", &args)
            }
            Gap::UnknownModel { model } => {
                let args = [("field", name("model").into()), ("model", model.as_str().into())];
                texts.format("crm-gap-unknown-model", &args)
            }
            Gap::SerialTwice { serial } => {
                let args = [("field", name("serial").into()), ("serial", serial.as_str().into())];
                texts.format("crm-gap-serial-twice", &args)
            }
            Gap::Refused { serial } => {
                let args = [("field", name("serial").into()), ("serial", serial.as_str().into())];
                texts.format("crm-gap-refused", &args)
            }
        });
    }
    text.push(texts.get("crm-gap-then").to_owned());
    text.join("\n")
}
