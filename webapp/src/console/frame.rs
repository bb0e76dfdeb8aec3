//! What stands around every page of the console: where one can go, and who one is.

use domain::staff::{Role, Staff};

use crate::assets::Assets;
use crate::state::AppState;
use crate::ui::Ui;

/// A place in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// What needs the reader.
    Today,
    /// Calls for service.
    Requests,
    /// Engineers' jobs.
    Jobs,
    /// What people ask on the site.
    Leads,
    /// Orders.
    Orders,
    /// Customers.
    Customers,
    /// Their companies.
    Companies,
    /// Machines.
    Machines,
    /// What they are machines of.
    Models,
    /// Plates of machines.
    Plates,
    /// Parts.
    Parts,
    /// Tables that bring models, parts and machines.
    Import,
    /// What must be decided.
    Approvals,
    /// What goes out.
    Deliveries,
    /// What came in.
    Events,
    /// The CRMs.
    Connections,
    /// The dealer's people.
    Staff,
    /// The reader's own.
    Settings,
    /// Who did what.
    Audit,
}

impl Section {
    /// In the order of the navigation. A page of a new section needs its line here, and the texts
    /// `console-nav-…`.
    const ALL: [(Section, &'static str, &'static str, &'static str, Role); 19] = [
        (Section::Today, "/staff", "today", "list", Role::Engineer),
        (Section::Requests, "/staff/requests", "requests", "wrench", Role::Manager),
        (Section::Jobs, "/staff/jobs", "jobs", "calendar", Role::Engineer),
        (Section::Leads, "/staff/leads", "leads", "chat", Role::Manager),
        (Section::Orders, "/staff/orders", "orders", "box", Role::Manager),
        (Section::Customers, "/staff/customers", "customers", "phone", Role::Manager),
        (Section::Companies, "/staff/companies", "companies", "building", Role::Manager),
        (Section::Machines, "/staff/machines", "machines", "machine", Role::Manager),
        (Section::Models, "/staff/models", "models", "layers", Role::Manager),
        (Section::Plates, "/staff/plates", "plates", "qr", Role::Manager),
        (Section::Parts, "/staff/parts", "parts", "cart", Role::Manager),
        (Section::Import, "/staff/import", "import", "file", Role::Administrator),
        (Section::Approvals, "/staff/approvals", "approvals", "check", Role::Engineer),
        (Section::Deliveries, "/staff/deliveries", "deliveries", "plane", Role::Manager),
        (Section::Events, "/staff/events", "events", "history", Role::Manager),
        (Section::Connections, "/staff/connections", "connections", "cloud", Role::Manager),
        (Section::Staff, "/staff/people", "people", "person", Role::Administrator),
        (Section::Settings, "/staff/settings", "settings", "gear", Role::Engineer),
        (Section::Audit, "/staff/audit", "audit", "clock", Role::Administrator),
    ];
}

/// Everything that the layout shows.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) ui: Ui,
    pub(crate) lang: &'static str,
    pub(crate) assets: Assets,
    /// Nobody before the sign-in.
    pub(crate) who: Option<Who>,
    pub(crate) nav: Vec<NavItem>,
}

/// The reader.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) role: String,
}

/// A link of the navigation.
#[derive(Clone, Debug)]
pub(crate) struct NavItem {
    pub(crate) href: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) label: String,
    pub(crate) here: bool,
}

impl Frame {
    /// For a member of staff: the sections that their role opens.
    pub(crate) fn of(state: &AppState, ui: Ui, staff: &Staff, section: Section) -> Frame {
        Frame::with(state.assets().clone(), ui, staff, section)
    }

    pub(crate) fn with(assets: Assets, ui: Ui, staff: &Staff, section: Section) -> Frame {
        let open = |least: &Role| match least {
            Role::Engineer => true,
            Role::Manager => staff.is_manager(),
            Role::Administrator => staff.is_administrator(),
        };
        let item =
            |(of, href, name, icon, _): &(Section, &'static str, &str, &'static str, Role)| {
                NavItem {
                    href,
                    icon,
                    label: ui.s(&format!("console-nav-{name}")).to_owned(),
                    here: *of == section,
                }
            };
        let nav = Section::ALL.iter().filter(|(_, _, _, _, least)| open(least)).map(item).collect();
        let who = Who { name: staff.name.clone(), role: role_word(ui, staff.role) };
        Frame { ui, lang: ui.lang(), assets, who: Some(who), nav }
    }

    /// For somebody who is not signed in.
    pub(crate) fn bare(assets: Assets, ui: Ui) -> Frame {
        Frame { ui, lang: ui.lang(), assets, who: None, nav: Vec::new() }
    }
}

/// Where the console shows what the Mini App shows at `href`, be it of the desk or not; empty where
/// the console has no such page.
pub(crate) fn at_console(href: &str) -> String {
    let rest = href.strip_prefix("/app/desk/").or_else(|| href.strip_prefix("/app/"));
    let address = rest.map(|rest| format!("/staff/{rest}")).unwrap_or_default();
    let mut pages = Section::ALL.iter().filter(|(section, ..)| *section != Section::Today);
    if pages.any(|(_, page, ..)| address.starts_with(page)) { address } else { String::new() }
}

/// A role in a word.
pub(crate) fn role_word(ui: Ui, role: Role) -> String {
    ui.s(role_key(role)).to_owned()
}

fn role_key(role: Role) -> &'static str {
    match role {
        Role::Engineer => "role-engineer",
        Role::Manager => "role-manager",
        Role::Administrator => "role-administrator",
    }
}
