//! Which CRM hears of what and, where there are several, the table that maps our states to them all.

use crate::commands::doctor::report::Line;
use crate::config::{Config, ConnectionConfig, MAPPED, Mapped, Takes};

/// A line for what nobody takes; with several connections, lines for everything else as well.
pub(super) fn check(config: &Config) -> Vec<Line> {
    Takes::ALL.into_iter().flat_map(|what| of_kind(config, what)).collect()
}

fn of_kind(config: &Config, what: Takes) -> Vec<Line> {
    let taking: Vec<&ConnectionConfig> =
        config.connections.iter().filter(|connection| connection.takes(what)).collect();
    if taking.is_empty() {
        let off = match config.routing.off.contains(&what) {
            true => "off: they go to no CRM, as [routing] says",
            false => "off: no CRM takes them; configure one, or add them to its `takes`",
        };
        return vec![Line::off(what.as_str(), off)];
    }
    if config.connections.len() < 2 {
        return Vec::new();
    }
    let names: Vec<&str> = taking.iter().map(|connection| connection.name.as_str()).collect();
    let mapped = MAPPED.into_iter().find(|mapped| mapped.what == what);
    let twins = match (taking.len() > 1 && mapped.is_some(), config.routing.twins) {
        (false, _) => "",
        (true, true) => "; a deal that is moved in one moves its twin",
        (true, false) => "; a deal that is moved in one leaves its twin ([routing] twins is off)",
    };
    let head = Line::good(what.as_str(), format!("go to {}{twins}", names.join(", ")));
    let rows = mapped.into_iter().flat_map(|mapped| rows(mapped, &taking));
    std::iter::once(head).chain(rows).collect()
}

/// The table, a line for each state that stands for a stage somewhere.
fn rows(mapped: Mapped, taking: &[&ConnectionConfig]) -> Vec<Line> {
    let stage = |connection: &ConnectionConfig, state: &str| {
        connection.stages(mapped.what)?.stage_of(state).map(str::to_owned)
    };
    let row = |state: &&str| {
        let stages: Vec<Option<String>> = taking.iter().map(|one| stage(one, state)).collect();
        if stages.iter().all(Option::is_none) {
            return None;
        }
        let whole = stages.iter().all(Option::is_some);
        let cells = taking.iter().zip(stages).map(|(one, stage)| {
            format!("{} {}", one.name, stage.as_deref().unwrap_or("has no stage"))
        });
        let cells: Vec<String> = cells.collect();
        let (name, words) = (format!("{} {state}", mapped.what.as_str()), cells.join(", "));
        Some(match whole {
            true => Line::good(&name, words),
            false => Line::warning(&name, format!("{words}: nothing moves there")),
        })
    };
    mapped.states.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_table_is_shown_where_there_are_several() {
        let file = "[[connection]]\nname = \"amo\"\nkind = \"amocrm\"\n\
            takes = [\"orders\", \"requests\"]\n[[connection]]\nname = \"b24\"\n\
            kind = \"bitrix24\"\ntakes = [\"leads\", \"orders\"]\n\
            [stages.order]\nplaced = { amo = 7, b24 = \"NEW\" }\nshipped = { amo = 8 }\n\
            [stages.lead]\nnew = { b24 = \"NEW\" }\n\
            [routing]\ntwins = true\noff = [\"reminders\"]\n";
        let environment = [
            ("AMOCRM_SUBDOMAIN", "shop"),
            ("AMOCRM_ACCESS_TOKEN", "t"),
            ("BITRIX24_WEBHOOK_URL", "https://rosa.bitrix24.ru/rest/1/c0de/"),
        ];
        let owned = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_env_and_file(&BTreeMap::from(owned), Some(file)).unwrap();
        let lines: Vec<String> = check(&config).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "✓ leads: go to b24",
                "✓ leads new: b24 NEW",
                "✓ orders: go to amo, b24; a deal that is moved in one moves its twin",
                "✓ orders placed: amo 7, b24 NEW",
                "! orders shipped: amo 8, b24 has no stage: nothing moves there",
                "✓ requests: go to amo",
                "– reminders: off: they go to no CRM, as [routing] says",
            ]
        );
    }
}
