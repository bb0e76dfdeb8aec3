//! Several CRMs at once: what goes to which, and one table of our states beside the stages of all.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::ConfigError;
use crate::config::connection::{ConnectionConfig, Takes};
use crate::config::file::{ConnectionEntry, RoutingEntry, Row, StagesEntry, TableEntry, Word};
use crate::config::stages::{LEAD_STATES, ORDER_STATES, REQUEST_STATES};

/// `[routing]`, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    /// Whether a deal that is moved in one CRM moves its twins in the others.
    pub twins: bool,
    /// What goes to no CRM, on purpose.
    pub off: BTreeSet<Takes>,
}

/// What has states that stages stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mapped {
    /// Its name in the file: `[stages.order]`.
    pub(crate) name: &'static str,
    /// Which connections it concerns.
    pub(crate) what: Takes,
    /// Its states, as they go on.
    pub(crate) states: &'static [&'static str],
}

/// Everything that is mapped.
pub(crate) const MAPPED: [Mapped; 3] = [
    Mapped { name: "order", what: Takes::Orders, states: &ORDER_STATES },
    Mapped { name: "request", what: Takes::Requests, states: &REQUEST_STATES },
    Mapped { name: "lead", what: Takes::Leads, states: &LEAD_STATES },
];

impl Mapped {
    fn rows(self, table: &TableEntry) -> &BTreeMap<String, Row> {
        match self.what {
            Takes::Requests => &table.request,
            Takes::Leads => &table.lead,
            Takes::Orders | Takes::Reminders => &table.order,
        }
    }

    fn own(self, stages: &mut StagesEntry) -> &mut BTreeMap<String, Word> {
        match self.what {
            Takes::Requests => &mut stages.request,
            Takes::Leads => &mut stages.lead,
            Takes::Orders | Takes::Reminders => &mut stages.order,
        }
    }
}

/// Gives each connection its column of the table. Whether a stage fits its CRM is seen where the
/// connection is built.
///
/// # Errors
/// A state or a connection that is not there; stages that are written in both places.
pub(crate) fn spread(
    table: &TableEntry,
    entries: &mut [ConnectionEntry],
) -> Result<(), ConfigError> {
    for mapped in MAPPED {
        let place = format!("stages.{}", mapped.name);
        let mut columns: BTreeMap<&str, BTreeMap<String, Word>> = BTreeMap::new();
        for (state, row) in mapped.rows(table) {
            if !mapped.states.contains(&state.as_str()) {
                let problem = format!("«{state}» is not one of {}", mapped.states.join(", "));
                return Err(ConfigError::new(&place, problem));
            }
            for (connection, stage) in row {
                let column = columns.entry(connection).or_default();
                column.insert(state.clone(), stage.clone());
            }
        }
        for (name, column) in columns {
            let Some(entry) = entries.iter_mut().find(|entry| entry.name == name) else {
                let known: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let problem = format!("there is no connection «{name}»; there is {known}");
                return Err(ConfigError::new(&place, problem));
            };
            let own = mapped.own(&mut entry.stages);
            if !own.is_empty() {
                let problem = format!(
                    "connection «{name}» has stages here and in its own [connection.{place}]: keep \
                     one of the two"
                );
                return Err(ConfigError::new(&place, problem));
            }
            *own = column;
        }
    }
    Ok(())
}

impl Routing {
    /// Reads `[routing]` and looks whether everything has a place to go to. A single connection may
    /// leave out what it likes; of several, each may have been meant to be another's.
    pub(crate) fn read(
        entry: &RoutingEntry,
        table: &TableEntry,
        connections: &[ConnectionConfig],
    ) -> Result<Self, ConfigError> {
        let known = |word: &String| {
            let problem = format!("«{word}» is not leads, orders, requests, reminders");
            Takes::parse(word).ok_or_else(|| ConfigError::new("routing.off", problem))
        };
        let off: BTreeSet<Takes> = entry.off.iter().map(known).collect::<Result<_, _>>()?;
        for what in Takes::ALL {
            let taking = connections.iter().find(|connection| connection.takes(what));
            let word = what.as_str();
            match taking {
                Some(one) if off.contains(&what) => {
                    let problem = format!("names {word}, but «{}» takes them", one.name);
                    return Err(ConfigError::new("routing.off", problem));
                }
                None if connections.len() > 1 && !off.contains(&what) => {
                    let problem = format!(
                        "no connection takes {word}: add them to the `takes` of one, or say \
                         off = [\"{word}\"]"
                    );
                    return Err(ConfigError::new("routing", problem));
                }
                _ => {}
            }
            let mapped = MAPPED.into_iter().find(|mapped| mapped.what == what);
            if let (Some(mapped), None) = (mapped, taking)
                && !mapped.rows(table).is_empty()
            {
                let place = format!("stages.{}", mapped.name);
                return Err(ConfigError::new(&place, format!("no connection takes {word}")));
            }
        }
        let paired = MAPPED.iter().any(|mapped| {
            connections.iter().filter(|connection| connection.takes(mapped.what)).count() > 1
        });
        if entry.twins && !paired {
            let problem = "nothing goes to two connections, so no deal has a twin";
            return Err(ConfigError::new("routing.twins", problem));
        }
        Ok(Self { twins: entry.twins, off })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::Config;

    const BOTH: &str = "[[connection]]\nname = \"amo\"\nkind = \"amocrm\"\n\
        takes = [\"orders\", \"requests\", \"reminders\"]\n\
        [[connection]]\nname = \"b24\"\nkind = \"bitrix24\"\ntakes = [\"leads\", \"orders\"]\n";

    fn read(file: &str) -> Result<Config, ConfigError> {
        let environment = [
            ("AMOCRM_SUBDOMAIN", "shop"),
            ("AMOCRM_ACCESS_TOKEN", "t"),
            ("BITRIX24_WEBHOOK_URL", "https://rosa.bitrix24.ru/rest/1/c0de/"),
        ];
        let owned = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::from_env_and_file(&BTreeMap::from(owned), Some(file))
    }

    fn refuses(file: &str, expected: &str) {
        let error = read(file).unwrap_err().to_string();
        assert!(error.contains(expected), "«{error}» should contain «{expected}»");
        assert_eq!(error.lines().count(), 1, "{error}");
    }

    #[test]
    fn one_table_maps_our_states_to_both() {
        let table = "[stages.order]\nplaced = { amo = 80953554, b24 = \"NEW\" }\n\
                     shipped = { b24 = \"EXECUTING\" }\n[stages.lead]\nnew = { b24 = \"NEW\" }\n";
        let config = read(&format!("{BOTH}{table}[routing]\ntwins = true\n")).unwrap();
        let (amo, b24) = (config.connection("amo").unwrap(), config.connection("b24").unwrap());
        assert_eq!(amo.order_stages.stage_of("placed"), Some("80953554"));
        assert_eq!(amo.order_stages.stage_of("shipped"), None);
        assert_eq!(b24.order_stages.state_of("EXECUTING"), Some("shipped"));
        assert_eq!(b24.lead_stages.stage_of("new"), Some("NEW"));
        assert!(amo.lead_stages.is_empty() && config.routing.twins);
        // Connections of the environment have a column too.
        let config = read("[stages.order]\nplaced = { amocrm = 7, bitrix24 = \"NEW\" }\n").unwrap();
        let portal = config.connection("bitrix24").unwrap();
        assert_eq!(portal.order_stages.stage_of("placed"), Some("NEW"));
        assert!(!config.routing.twins, "a deal moves its twin only when asked to");
    }

    #[test]
    fn a_slip_in_the_table_is_named() {
        for (table, expected) in [
            ("[stages.order]\nplced = { amo = 7 }\n", "stages.order: «plced» is not one of placed"),
            (
                "[stages.order]\nplaced = { b25 = \"NEW\" }\n",
                "no connection «b25»; there is amo, b24",
            ),
            (
                "[stages.order]\nplaced = { amo = \"NEW\" }\n",
                "connection «amo»: stages.order: placed",
            ),
            ("[stages.order]\nplaced = { amo = 7 }\nshipped = { amo = 7 }\n", "stands for both"),
            ("[stages.offer]\nplaced = { amo = 7 }\n", "unknown field `offer`"),
        ] {
            refuses(&format!("{BOTH}{table}"), expected);
        }
        let own = BOTH.replace(
            "[[connection]]\nname = \"b24\"",
            "[connection.stages.order]\nplaced = \"7\"\n[[connection]]\nname = \"b24\"",
        );
        assert!(read(&own).is_ok());
        refuses(&format!("{own}[stages.order]\nplaced = {{ amo = 7 }}\n"), "keep one of the two");
    }

    #[test]
    fn what_nobody_takes_is_said_or_meant() {
        let without = BOTH.replace(", \"reminders\"", "");
        refuses(&without, "routing: no connection takes reminders");
        let config = read(&format!("{without}[routing]\noff = [\"reminders\"]\n")).unwrap();
        assert!(config.routing.off.contains(&Takes::Reminders));
        refuses(&format!("{BOTH}[routing]\noff = [\"tasks\"]\n"), "routing.off: «tasks» is not");
        refuses(&format!("{BOTH}[routing]\noff = [\"leads\"]\n"), "«b24» takes them");
        let single = "[[connection]]\nname = \"amo\"\nkind = \"amocrm\"\ntakes = [\"orders\"]\n";
        assert!(read(single).is_ok(), "one CRM takes what it is told to");
        let dead = format!("{single}[stages.request]\nnew = {{ amo = 7 }}\n");
        refuses(&dead, "stages.request: no connection takes requests");
        refuses(
            &format!("{single}[routing]\ntwins = true\n"),
            "routing.twins: nothing goes to two",
        );
    }
}
