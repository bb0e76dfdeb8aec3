//! The call for service as its form shows it.

use chrono::{DateTime, Utc};
use domain::files::Resumed;
use domain::ids::{self, MachineId};
use domain::machines::MachineSummary;
use domain::requests::{Draft, Kind};
use serde_json::json;

use crate::present::{choice, machine_name, word};
use crate::ui::Ui;
use crate::views::service::ServicePage;

/// What is known before the form is filled in.
pub(crate) struct Begun {
    /// The machine that was asked about.
    pub(crate) machine: Option<MachineId>,
    /// The kind that was asked for.
    pub(crate) kind: Option<Kind>,
    /// What was filled in before, and when.
    pub(crate) draft: Option<(Draft, DateTime<Utc>)>,
    /// Files of the draft that have arrived.
    pub(crate) files: Vec<Resumed>,
}

/// The form, with what was begun before.
pub(crate) fn service_form(ui: Ui, machines: &[MachineSummary], begun: Begun) -> ServicePage {
    let kept_at = begun.draft.as_ref().map(|(_, at)| ui.when(*at)).unwrap_or_default();
    let draft = begun.draft.map(|(draft, _)| draft).unwrap_or_default();
    let chosen = begun.machine.or(draft.machine_id);
    let kind = begun.kind.or(draft.kind).unwrap_or(Kind::Breakdown);
    let alone = machines.len() == 1;
    let machine = |machine: &MachineSummary| {
        let name = machine_name(ui, &machine.model_name, &machine.serial);
        choice(machine.id.as_str(), name, alone || chosen.as_ref() == Some(&machine.id))
    };
    let kinds = Kind::ALL
        .map(|known| choice(known.as_str(), word(ui, "kind-", known.as_str()), known == kind));
    let asking = |asks: fn(Kind) -> bool| {
        let names: Vec<&str> =
            Kind::ALL.into_iter().filter(|kind| asks(*kind)).map(Kind::as_str).collect();
        format!("kind={}", names.join("|"))
    };
    let symptoms = Kind::Breakdown.guide().symptoms.iter();
    let symptom = |name: &&str| {
        let ticked = draft.symptoms.iter().any(|one| one == name);
        choice(name, word(ui, "symptom-", name), ticked)
    };
    let photos = Kind::ALL.into_iter().filter(|kind| !kind.guide().photos.is_empty());
    let photos = photos.map(|kind| {
        let names = kind.guide().photos.iter().map(|name| word(ui, "photo-", name));
        let list = names.collect::<Vec<_>>().join(", ");
        (format!("kind={}", kind.as_str()), ui.with("app-service-photos", "list", list))
    });
    let kept: Vec<_> = begun
        .files
        .iter()
        .map(|file| json!({ "id": file.id, "name": file.name, "size": file.size, "type": "" }))
        .collect();
    ServicePage {
        ui,
        client_key: ids::new_token(),
        machines: machines.iter().map(machine).collect(),
        kinds: kinds.to_vec(),
        machine_down: draft.machine_down,
        text: draft.text,
        alarm: draft.alarm,
        symptoms: symptoms.map(symptom).collect(),
        photos: photos.collect(),
        asks_alarm: asking(|kind| kind.guide().alarm),
        asks_down: asking(|kind| kind.guide().standstill),
        asks_photos: asking(|kind| !kind.guide().photos.is_empty()),
        kept_at,
        kept_machine: chosen.map(|id| id.as_str().to_owned()).unwrap_or_default(),
        kept: json!(kept).to_string(),
    }
}
