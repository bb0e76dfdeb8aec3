//! The environment as one table: name, default and meaning of every variable. `--help` prints it,
//! and nothing else in the product knows a variable's name twice.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One variable of the environment.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The name in the environment and in `.env`.
    pub name: &'static str,
    /// What stands when it is not set; empty where nothing does.
    pub default: &'static str,
    /// One line for `--help`.
    pub help: &'static str,
}

/// Variables that belong together, under one heading of `--help`.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// Its variables, in reading order.
    pub variables: &'static [Variable],
}

/// Every variable that the product reads.
pub const GROUPS: &[Group] = &[
    Group { title: "Server", variables: SERVER },
    Group { title: "Telegram", variables: TELEGRAM },
    Group { title: "Mail", variables: MAIL },
    Group { title: "amoCRM", variables: AMOCRM },
    Group { title: "Bitrix24", variables: BITRIX24 },
    Group { title: "HubSpot", variables: HUBSPOT },
    Group { title: "Timing", variables: TIMING },
];

/// The values that were given: what is empty counts as not set.
#[derive(Clone, Default)]
pub(crate) struct Values(BTreeMap<String, String>);

impl Values {
    /// Takes the given variables; blank ones are dropped.
    #[must_use]
    pub(crate) fn new(given: &BTreeMap<String, String>) -> Self {
        let kept = given
            .iter()
            .map(|(name, value)| (name.clone(), value.trim().to_owned()))
            .filter(|(_, value)| !value.is_empty());
        Self(kept.collect())
    }

    /// The value as given, without the default.
    #[must_use]
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value, or the default of the table; empty where there is neither.
    #[must_use]
    pub(crate) fn or_default(&self, name: &str) -> &str {
        self.given(name).unwrap_or_else(|| default_of(name))
    }
}

/// The default of a variable; empty where it has none.
#[must_use]
pub(crate) fn default_of(name: &str) -> &'static str {
    let mut all = GROUPS.iter().flat_map(|group| group.variables);
    all.find(|variable| variable.name == name).map_or("", |variable| variable.default)
}

/// The part of `--help` about the environment. Values never appear in it: some are secrets.
#[must_use]
pub(crate) fn manual() -> String {
    let mut text = String::from(
        "Environment (a .env file in the working directory is read too; the environment wins).\n\
         What is not set is off; `mypark doctor` says so. Durations: 60s, 5m, 1h, 2d.\n",
    );
    for group in GROUPS {
        let _ = write!(text, "\n{}:\n", group.title);
        for Variable { name, default, help } in group.variables {
            let _ = write!(text, "  {name:<34} {help}");
            let _ = match *default {
                "" => writeln!(text),
                default => writeln!(text, " [default: {default}]"),
            };
        }
    }
    text.push_str(
        "\nStage mapping, several connections, reminder steps and approval rules stand in\n\
         mypark.toml (working directory, or the path in MYPARK_CONFIG).\n",
    );
    text
}

const fn variable(name: &'static str, default: &'static str, help: &'static str) -> Variable {
    Variable { name, default, help }
}

const SERVER: &[Variable] = &[
    variable("LISTEN", "127.0.0.1:8080", "Address and port of the HTTP server"),
    variable("PUBLIC_URL", "", "Address of this server as customers and CRMs see it, https://…"),
    variable("DATABASE_URL", "sqlite://data/mypark.db", "sqlite://FILE or postgres://…"),
    variable(
        "SECRET_KEY",
        "",
        "32 bytes in base64 (openssl rand -base64 32): signs links, seals tokens",
    ),
    variable("UPLOADS_DIR", "data/files", "Folder of uploaded files"),
    variable("SITE_ORIGINS", "", "Sites that may send leads, comma separated: https://example.com"),
    variable("SITE_SECRET", "", "Shared with the site: signs what it posts and what it is told"),
    variable("SITE_WEBHOOK_URL", "", "Where the site hears of its leads; needs SITE_SECRET"),
    variable("DEALER_NAME", "", "What the dealer is called on plates and passports"),
    variable("DEALER_PHONE", "", "The phone of the service on plates, +7…"),
    variable("TIME_ZONE", "Europe/Moscow", "The dealer's time zone"),
    variable("LOG", "info", "Log filter: error, warn, info, debug, or target=level,…"),
    variable("LOG_FORMAT", "text", "text or json"),
    variable("MYPARK_CONFIG", "mypark.toml", "Path of the configuration file"),
];

const TELEGRAM: &[Variable] = &[
    variable("TELEGRAM_BOT_TOKEN", "", "Token from @BotFather; without it the bot is off"),
    variable("TELEGRAM_API_URL", "https://api.telegram.org", "Address of the Bot API"),
    variable("TELEGRAM_MODE", "polling", "polling or webhook (webhook needs PUBLIC_URL)"),
    variable("TELEGRAM_WEBHOOK_SECRET", "", "Secret of the webhook: 1-256 of A-Z a-z 0-9 _ -"),
];

const MAIL: &[Variable] = &[
    variable("SMTP_URL", "", "smtp://user:password@host:587 or smtps://…; needs the two below"),
    variable("MAIL_FROM", "", "Sender of the letters"),
    variable(
        "ORDERS_EMAIL",
        "",
        "Who gets a copy of each lead, order and request; comma separated",
    ),
];

const AMOCRM: &[Variable] = &[
    variable("AMOCRM_SUBDOMAIN", "", "The account: SUBDOMAIN.amocrm.ru"),
    variable("AMOCRM_ACCESS_TOKEN", "", "Long-lived token of a private integration"),
    variable("AMOCRM_PIPELINE_ID", "", "Pipeline of new deals"),
    variable("AMOCRM_STATUS_ID", "", "Stage of new deals; needs AMOCRM_PIPELINE_ID"),
    variable("AMOCRM_RESPONSIBLE_USER_ID", "", "Who is responsible for new deals"),
    variable("AMOCRM_STATUS_SUCCESS", "142", "Stage that means: won"),
    variable("AMOCRM_FIELD_SERIAL_ID", "", "Deal field: serial number"),
    variable("AMOCRM_FIELD_MODEL_ID", "", "Deal field: model"),
    variable("AMOCRM_FIELD_TELEGRAM_ID", "", "Deal field: Telegram id"),
    variable("AMOCRM_FIELD_CONFIGURATION_ID", "", "Deal field: configuration"),
    variable("AMOCRM_FIELD_NEXT_MAINTENANCE_ID", "", "Deal field: date of the next maintenance"),
    variable("AMOCRM_FIELD_INN_ID", "", "Company field: INN; without it companies go by name"),
    variable("AMOCRM_FIELD_CONTACT_TELEGRAM_ID", "", "Contact field: Telegram id"),
    variable("AMOCRM_PRODUCTS", "", "Id of the list of products, or off; else the account's own"),
    variable("AMOCRM_MAKE_PRODUCTS", "true", "Whether products missing in that list are made"),
    variable(
        "AMOCRM_DUPLICATE_CONTROL",
        "false",
        "true where amoCRM's control of duplicates is on",
    ),
    variable("AMOCRM_CLIENT_ID", "", "OAuth, instead of the long-lived token: integration id"),
    variable("AMOCRM_CLIENT_SECRET", "", "OAuth: secret of the integration"),
    variable("AMOCRM_REDIRECT_URI", "", "OAuth: PUBLIC_URL/webhook/amocrm, as in the integration"),
    variable("AMOCRM_SECRETS_URI", "", "OAuth by a button: PUBLIC_URL/webhook/amocrm/secrets"),
    variable("AMOCRM_WEBHOOK_SECRET", "", "The secret in /webhook/amocrm?secret=…"),
    variable("AMOCRM_BASE_URL", "", "Address of the API, where it is not the account's own"),
    variable("AMOCRM_CALLS_PER_SECOND", "5", "Calls a second; accounts allow 7"),
];

const BITRIX24: &[Variable] = &[
    variable("BITRIX24_WEBHOOK_URL", "", "Incoming webhook: https://PORTAL/rest/1/CODE"),
    variable("BITRIX24_CATEGORY_ID", "", "Pipeline of new deals; else the portal's own, 0"),
    variable("BITRIX24_STAGE_ID", "", "Stage of new deals, such as C1:NEW; else the first one"),
    variable("BITRIX24_RESPONSIBLE_USER_ID", "", "Who is responsible for new deals and leads"),
    variable("BITRIX24_CLIENT_ID", "", "OAuth, instead of the webhook: id of the application"),
    variable("BITRIX24_CLIENT_SECRET", "", "OAuth: key of the application"),
    variable("BITRIX24_CALLBACK_URL", "", "OAuth: PUBLIC_URL/api/auth/bitrix24/callback"),
    variable("BITRIX24_PORTAL_URL", "", "OAuth: the portal, https://PORTAL.bitrix24.ru"),
    variable("BITRIX24_OAUTH_URL", "https://oauth.bitrix24.tech", "Authorization server"),
    variable(
        "BITRIX24_APPLICATION_TOKEN",
        "",
        "Token of an outgoing webhook; an application brings its own",
    ),
    variable("BITRIX24_CALLS_PER_SECOND", "2", "Calls a second; Enterprise allows 5"),
    variable("BITRIX24_CALLS_AT_ONCE", "50", "Calls at once after a pause; Enterprise allows 250"),
];

const HUBSPOT: &[Variable] = &[
    variable("HUBSPOT_ACCESS_TOKEN", "", "Token of a private app"),
    variable("HUBSPOT_CLIENT_SECRET", "", "Secret that signs its webhooks"),
    variable("HUBSPOT_BASE_URL", "https://api.hubapi.com", "Address of the API"),
];

const TIMING: &[Variable] = &[
    variable("RETRY_SCHEDULE", "5m,30m,1h,2h,4h,8h", "Waits between tries; then doubling to a day"),
    variable("RETRY_429", "60s", "Least wait after «too many requests»"),
    variable("CRM_TIMEOUT", "20s", "How long one call of a CRM may take"),
    variable("CRM_SEARCH_LAG", "10s", "How long a CRM may not find what was just made"),
    variable("RECONCILE_EVERY", "10m", "How often CRMs are asked for changed deals"),
    variable("RAW_BODIES_KEEP", "90d", "How long raw requests, answers and events are kept"),
    variable("REMINDERS_AT", "09:00", "Time of day for reminders, in TIME_ZONE"),
    variable("INIT_DATA_MAX_AGE", "24h", "How old the Mini App's sign-in data may be"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_names_every_variable_and_fits_the_terminal() {
        let manual = manual();
        for variable in GROUPS.iter().flat_map(|group| group.variables) {
            assert!(manual.contains(variable.name), "{}", variable.name);
            assert!(!variable.help.is_empty());
        }
        assert!(manual.lines().all(|line| line.chars().count() <= 120), "{manual}");
    }

    #[test]
    fn blank_counts_as_not_set() {
        let given = BTreeMap::from([("LISTEN".to_owned(), "  ".to_owned())]);
        let values = Values::new(&given);
        assert_eq!(values.given("LISTEN"), None);
        assert_eq!(values.or_default("LISTEN"), "127.0.0.1:8080");
    }
}
