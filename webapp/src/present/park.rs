//! The park: what wants attention, then the rest by site, a page at a time.

use std::collections::BTreeSet;

use domain::machines::MachineSummary;
use domain::text::code_key;

use crate::present::{Eye, machine_cell};
use crate::ui::Ui;
use crate::views::park::SiteMachines;
use crate::views::parts::{MachineCell, Tone};

/// So many machines are drawn at once: a few screens of a phone.
const PAGE: usize = 40;

/// A page of the park.
pub(crate) struct ParkPart {
    pub(crate) attention: Vec<MachineCell>,
    pub(crate) sites: Vec<SiteMachines>,
    /// Behind which machine the next page begins; `None` on the last one.
    pub(crate) next: Option<String>,
}

/// A machine in the order of the park, with the place under which it stands; none where it wants
/// attention.
struct Line {
    place: Option<String>,
    id: String,
    cell: MachineCell,
}

/// The page that follows the machine `after`, or the first one.
pub(crate) fn park(eye: &Eye, machines: &[MachineSummary], after: Option<&str>) -> ParkPart {
    let mut lines = in_order(eye, machines);
    let from = after.and_then(|id| lines.iter().position(|line| line.id == id));
    let mut lines = lines.split_off(from.map_or(0, |at| at + 1));
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|line| line.id.clone());
    let mut part = ParkPart { attention: Vec::new(), sites: Vec::new(), next };
    for Line { place, cell, .. } in lines {
        match (place, part.sites.last_mut()) {
            (None, _) => part.attention.push(cell),
            (Some(name), Some(site)) if site.name == name => site.machines.push(cell),
            (Some(name), _) => part.sites.push(SiteMachines { name, machines: vec![cell] }),
        }
    }
    part
}

/// All machines: those that stand, those that are late, those that are soon due, then place by place.
fn in_order(eye: &Eye, machines: &[MachineSummary]) -> Vec<Line> {
    let companies: BTreeSet<_> = machines.iter().filter_map(|one| one.company.as_ref()).collect();
    let several = companies.len() > 1;
    let mut places: Vec<String> = Vec::new();
    let mut lines: Vec<_> = machines
        .iter()
        .map(|machine| {
            let cell = machine_cell(eye, machine);
            let rank = match cell.tone {
                Tone::Ok => {
                    let name = place(eye.ui, machine, several);
                    let known = places.iter().position(|known| *known == name);
                    3 + known.unwrap_or_else(|| {
                        places.push(name);
                        places.len() - 1
                    })
                }
                Tone::Down => 0,
                Tone::Danger => 1,
                _ => 2,
            };
            let due = machine.next_maintenance_on.filter(|_| rank < 3);
            ((rank, due), machine.id.to_string(), cell)
        })
        .collect();
    lines.sort_by_key(|(key, ..)| *key);
    let line = |((rank, _), id, cell): ((usize, _), String, MachineCell)| {
        let place = rank.checked_sub(3).and_then(|at| places.get(at).cloned());
        Line { place, id, cell }
    };
    lines.into_iter().map(line).collect()
}

/// Where a machine stands: the site, with its company for who belongs to several.
fn place(ui: Ui, machine: &MachineSummary, several: bool) -> String {
    let (site, company) = (machine.site.as_deref(), machine.company.as_deref());
    match (company, site) {
        (Some(company), Some(site)) if several => format!("{company} · {site}"),
        (company, site) => site.or(company).unwrap_or(ui.s("app-no-site")).to_owned(),
    }
}

/// The machines that a person looks for, by serial or model, however either is written.
pub(crate) fn matching(machines: Vec<MachineSummary>, query: &str) -> Vec<MachineSummary> {
    let key = code_key(query);
    if key.is_empty() {
        return machines;
    }
    let fits = |machine: &MachineSummary| {
        let texts = [&machine.serial, &machine.model_name, &machine.model_code];
        let texts = texts.into_iter().chain(&machine.site).chain(&machine.company);
        // «16К20 1234» is a model and a serial.
        let both = code_key(&format!("{}{}", machine.model_name, machine.serial));
        texts.map(|text| code_key(text)).chain([both]).any(|known| known.contains(&key))
    };
    machines.into_iter().filter(fits).collect()
}
