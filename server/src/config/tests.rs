use std::collections::BTreeMap;

use secrecy::ExposeSecret as _;

use super::*;
use domain::approvals::rules::{Approver, Need};
use domain::orders::discount::Percent;
use domain::staff::Role;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn build(environment: &[(&str, &str)], file: &str) -> Result<Config, ConfigError> {
    let owned = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_env_and_file(&owned.collect::<BTreeMap<_, _>>(), Some(file))
}

fn refuses(environment: &[(&str, &str)], file: &str, expected: &str) {
    let error = build(environment, file).unwrap_err().to_string();
    assert!(error.contains(expected), "«{error}» should contain «{expected}»");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn nothing_set_is_a_whole_configuration_with_everything_off() {
    let config = build(&[], "").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url.expose_secret(), "sqlite://data/mypark.db");
    assert_eq!(config.time_zone, chrono_tz::Europe::Moscow);
    assert_eq!(config.retry.schedule.len(), 6);
    assert_eq!(config.retry.too_many, Duration::from_secs(60));
    assert_eq!(config.reminders.steps, [30, 14, 3, 0]);
    assert!(config.telegram.is_none() && config.mail.is_none() && config.connections.is_empty());
    assert_eq!(config.secret_key().unwrap_err().name, "SECRET_KEY");
}

#[test]
fn wrong_values_are_named() {
    for (name, value) in [
        ("LISTEN", "8080"),
        ("PUBLIC_URL", "example.com"),
        ("DATABASE_URL", "mysql://localhost"),
        ("SECRET_KEY", "c2hvcnQ="),
        ("SITE_ORIGINS", "*"),
        ("TIME_ZONE", "Moscow"),
        ("LOG", "verbose"),
        ("LOG_FORMAT", "xml"),
        ("TELEGRAM_BOT_TOKEN", "token"),
        ("TELEGRAM_MODE", "push"),
        ("TELEGRAM_WEBHOOK_SECRET", "с кириллицей"),
        ("RETRY_SCHEDULE", "5m,later"),
        ("RETRY_429", "60"),
        ("RECONCILE_EVERY", "0s"),
        ("REMINDERS_AT", "9 утра"),
        ("INIT_DATA_MAX_AGE", "-1h"),
    ] {
        refuses(&[(name, value)], "", &format!("{name}: "));
    }
}

#[test]
fn one_of_a_pair_is_named() {
    refuses(&[("AMOCRM_SUBDOMAIN", "shop")], "", "AMOCRM_ACCESS_TOKEN: is not set");
    refuses(&[("AMOCRM_ACCESS_TOKEN", "t")], "", "AMOCRM_SUBDOMAIN: is not set");
    refuses(&[("AMOCRM_PIPELINE_ID", "7")], "", "AMOCRM_SUBDOMAIN: is not set");
    refuses(&[("BITRIX24_RESPONSIBLE_USER_ID", "1")], "", "BITRIX24_WEBHOOK_URL: is not set");
    refuses(&[("BITRIX24_CLIENT_ID", "x")], "", "BITRIX24_CLIENT_SECRET: is not set");
    refuses(&[("HUBSPOT_CLIENT_SECRET", "x")], "", "HUBSPOT_ACCESS_TOKEN: is not set");
    refuses(&[("SMTP_URL", "smtp://localhost")], "", "MAIL_FROM: is not set");
    refuses(&[("ORDERS_EMAIL", "orders@example.com")], "", "SMTP_URL: is not set");
    let amo = [("AMOCRM_SUBDOMAIN", "shop"), ("AMOCRM_ACCESS_TOKEN", "t")];
    refuses(&[&amo[..], &[("AMOCRM_STATUS_ID", "7")]].concat(), "", "AMOCRM_PIPELINE_ID: is not");
    refuses(&[&amo[..], &[("AMOCRM_CLIENT_ID", "7")]].concat(), "", "AMOCRM_CLIENT_SECRET: is not");
}

#[test]
fn a_portal_of_bitrix24_is_configured_whole_or_not_at_all() {
    let key = ("SECRET_KEY", KEY);
    let id = ("BITRIX24_CLIENT_ID", "local.5f.12");
    let secret = ("BITRIX24_CLIENT_SECRET", "s3cret");
    let url = "https://park.example.com/api/auth/bitrix24/callback";
    let callback = ("BITRIX24_CALLBACK_URL", url);
    let webhook = ("BITRIX24_WEBHOOK_URL", "https://rosa.bitrix24.ru/rest/1/c0de/profile.json");
    for (given, expected) in [
        (&[key, id, callback][..], "BITRIX24_CLIENT_SECRET: is not set"),
        (&[key, id, secret], "BITRIX24_CALLBACK_URL: is not set"),
        (&[key, secret, callback], "BITRIX24_CLIENT_ID: is not set"),
        (&[id, secret, callback], "SECRET_KEY: is not set"),
        (
            &[("BITRIX24_PORTAL_URL", "https://rosa.bitrix24.ru")],
            "BITRIX24_WEBHOOK_URL: is not set",
        ),
        (&[("BITRIX24_WEBHOOK_URL", "https://rosa.bitrix24.ru")], "Invalid webhook URL"),
        (&[webhook, ("BITRIX24_STAGE_ID", "Новая")], "STATUS_ID like NEW"),
        (&[webhook, ("BITRIX24_CATEGORY_ID", "sales")], "BITRIX24_CATEGORY_ID: "),
        (&[webhook, ("BITRIX24_CALLS_PER_SECOND", "0")], "BITRIX24_CALLS_PER_SECOND: "),
    ] {
        refuses(given, "", expected);
    }
    let config = build(&[webhook, ("BITRIX24_CATEGORY_ID", "0"), key, id, secret, callback], "");
    let config = config.unwrap();
    assert!(!format!("{config:?}").contains("c0de") && !format!("{config:?}").contains("s3cret"));
    let connection = config.connection("bitrix24").unwrap();
    let CrmSettings::Bitrix24(settings) = &connection.settings else { panic!("Bitrix24 expected") };
    assert_eq!((settings.category_id, settings.calls_per_second), (Some(0), 2));
    let portal = settings.app.as_ref().unwrap().portal_url.as_ref().unwrap();
    assert_eq!(portal.as_str(), "https://rosa.bitrix24.ru/", "the webhook tells it");
    let file = |stage: &str, field: &str| {
        format!(
            "[[connection]]\nname = \"b24\"\nkind = \"bitrix24\"\n[connection.stages.order]\n\
             placed = \"{stage}\"\n[connection.fields]\nserial = \"{field}\"\n"
        )
    };
    assert!(build(&[webhook], &file("C1:NEW", "UF_CRM_1711610801")).is_ok());
    refuses(&[webhook], &file("Новая сделка", "UF_CRM_SERIAL"), "«Новая сделка»");
    refuses(&[webhook], &file("NEW", "712629"), "«712629» is not a field like UF_CRM");
}

#[test]
fn webhook_mode_needs_an_address_and_a_secret() {
    let mode = [("TELEGRAM_MODE", "webhook"), ("TELEGRAM_BOT_TOKEN", "1:abc")];
    let url = ("PUBLIC_URL", "https://park.example.com");
    let secret = ("TELEGRAM_WEBHOOK_SECRET", "s3cret");
    refuses(&mode[..1], "", "TELEGRAM_BOT_TOKEN: is not set");
    refuses(&[&mode[..], &[secret]].concat(), "", "PUBLIC_URL: is not set");
    refuses(&[&mode[..], &[url]].concat(), "", "TELEGRAM_WEBHOOK_SECRET: is not set");
    let config = build(&[&mode[..], &[url, secret]].concat(), "").unwrap();
    assert_eq!(config.telegram.unwrap().mode, TelegramMode::Webhook);
}

#[test]
fn each_crm_of_the_environment_takes_everything() {
    let config = build(
        &[
            ("SECRET_KEY", KEY),
            ("AMOCRM_SUBDOMAIN", "ExampleShop"),
            ("AMOCRM_ACCESS_TOKEN", "t"),
            ("AMOCRM_FIELD_SERIAL_ID", "712629"),
            ("AMOCRM_FIELD_TELEGRAM_ID", "712633"),
            ("AMOCRM_FIELD_NEXT_MAINTENANCE_ID", "712640"),
            ("BITRIX24_WEBHOOK_URL", "https://portal.example.com/rest/1/code"),
            ("HUBSPOT_ACCESS_TOKEN", "t"),
        ],
        "",
    )
    .unwrap();
    let names: Vec<&str> = config.connections.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["amocrm", "bitrix24", "hubspot"]);
    let amo = config.connection("amocrm").unwrap();
    assert!(Takes::ALL.into_iter().all(|what| amo.takes(what)));
    assert_eq!(amo.field("serial"), Some("712629"));
    assert_eq!(amo.field("telegram_id"), Some("712633"));
    assert_eq!(amo.field("next_maintenance_on"), Some("712640"));
    assert_eq!(amo.field("model"), None);
    let CrmSettings::Amocrm(settings) = &amo.settings else { panic!("amoCRM expected") };
    assert_eq!(settings.base_url.as_str(), "https://exampleshop.amocrm.ru/");
    assert_eq!(settings.status_success, 142);
    assert!(!format!("{config:?}").contains("code"), "secrets stay out of debug output");
}

#[test]
fn oauth_stands_in_for_the_token_whole_or_not_at_all() {
    let key = ("SECRET_KEY", KEY);
    let subdomain = ("AMOCRM_SUBDOMAIN", "shop");
    let id = ("AMOCRM_CLIENT_ID", "id");
    let secret = ("AMOCRM_CLIENT_SECRET", "secret");
    let redirect = ("AMOCRM_REDIRECT_URI", "https://park.example.com/webhook/amocrm");
    let secrets = ("AMOCRM_SECRETS_URI", "https://park.example.com/webhook/amocrm/secrets");
    for whole in [&[key, subdomain, id, secret, redirect][..], &[key, subdomain, redirect, secrets]]
    {
        let config = build(whole, "");
        assert!(config.is_ok(), "{config:?}");
    }
    for (half, expected) in [
        (&[key, subdomain, id, secret][..], "AMOCRM_REDIRECT_URI: is not set"),
        (&[key, subdomain, id, redirect], "AMOCRM_CLIENT_SECRET: is not set"),
        (&[key, subdomain, secret, redirect], "AMOCRM_CLIENT_ID: is not set"),
        (&[key, subdomain, redirect], "AMOCRM_CLIENT_ID: is not set"),
        (&[key, subdomain, id, secret, redirect, secrets], "AMOCRM_SECRETS_URI: is for"),
        (&[subdomain, id, secret, redirect], "SECRET_KEY: is not set"),
        (&[key, id, secret, redirect], "AMOCRM_SUBDOMAIN: is not set"),
    ] {
        refuses(half, "", expected);
    }
}

/// The example of the contract, with a second account of the same CRM beside it.
const FILE: &str = r#"
[[connection]]
name = "amo"
kind = "amocrm"
takes = ["orders", "requests"]
[connection.stages.order]
placed = "80953554"
completed = 142
[connection.stages.request]
new = "80953554"
done = "142"
[connection.fields]
next_maintenance_on = "712640"
utm_source = "712651"

[[connection]]
name = "b24"
kind = "bitrix24"
webhook_url = "https://portal.example.com/rest/1/code"

[reminders]
steps = [3, 30, 0]
overdue_every = 5

[[approval.rule]]
name = "big deal"
connection = "b24"
entity = "deal"
amount_from = 500000
stages = ["NEW", "C1:NEW"]
approvers = ["1003", "1004"]
need = "all"
deadline = "8h"
on_approve = { stage = "PREPARATION", comment = "Согласовано" }
on_reject = { stage = "LOSE", comment = "Отклонено" }

[approval.discount]
over = "7,5"
deadline = "2h"
"#;

const AMO: [(&str, &str); 3] =
    [("AMOCRM_SUBDOMAIN", "shop"), ("AMOCRM_ACCESS_TOKEN", "t"), ("AMOCRM_FIELD_MODEL_ID", "7")];

#[test]
fn the_file_maps_stages_both_ways() {
    let config = build(&AMO, FILE).unwrap();
    let amo = config.connection("amo").unwrap();
    assert_eq!(amo.order_stages.stage_of("completed"), Some("142"));
    assert_eq!(amo.order_stages.state_of("80953554"), Some("placed"));
    assert_eq!(amo.request_stages.state_of("80953554"), Some("new"));
    assert_eq!(amo.request_stages.stage_of("closed"), None);
    assert!(!amo.takes(Takes::Leads) && amo.takes(Takes::Orders));
    assert_eq!((amo.field("model"), amo.field("next_maintenance_on")), (Some("7"), Some("712640")));
    assert_eq!((amo.field("utm_source"), amo.field("utm_medium")), (Some("712651"), None));
    assert_eq!(config.connection("b24").unwrap().kind(), ConnectionKind::Bitrix24);
    assert_eq!(config.reminders.steps, [30, 3, 0]);
    let rule = &config.approval_rules[0];
    let policy = &rule.policy;
    assert_eq!((rule.amount_from.as_kopecks(), policy.need), (50_000_000, Need::All));
    assert_eq!(policy.deadline, Some(8 * 60));
    assert_eq!(policy.on_reject.stage.as_deref(), Some("LOSE"));
    let discount = config.discount.unwrap();
    assert_eq!((discount.most, discount.policy.deadline), (Percent::hundredths(750), Some(120)));
    assert_eq!(discount.approvers, [Approver::Role(Role::Administrator)]);
    assert_eq!(build(&AMO, "").unwrap().discount, None, "unset, nobody is asked");
}

#[test]
fn faults_of_the_file_are_named() {
    let swap = |from: &str, to: &str| FILE.replace(from, to);
    for (from, to, expected) in [
        ("completed = 142", "completed = 80953554", "stands for both"),
        ("placed =", "plced =", "«plced» is not one of placed"),
        ("completed = 142", "completed = \"WON\"", "«WON» is not an id"),
        ("\"orders\"", "\"order\"", "takes «order»"),
        ("kind = \"bitrix24\"", "kind = \"bitrix\"", "kind «bitrix»"),
        ("webhook_url", "webhok_url", "«webhok_url» is not a setting of bitrix24"),
        ("name = \"b24\"", "name = \"amo\"", "two connections"),
        ("next_maintenance_on", "next", "«next» is not one of serial"),
        ("steps = [3, 30, 0]", "steps = [3, 3]", "names a day twice"),
        ("overdue_every = 5", "overdue_every = 0", "at least 1"),
        ("connection = \"b24\"", "connection = \"b25\"", "no connection «b25»"),
        ("need = \"all\"", "need = 3", "need «3»"),
        ("over = \"7,5\"", "over = 100", "over = «100»"),
        ("over = \"7,5\"", "over = 5\napprovers = [\"head\"]", "head is known of deals alone"),
        ("over = \"7,5\"", "ower = 5", "ower"),
        ("deadline = \"8h\"", "deadline = \"8\"", "not a duration"),
        ("[reminders]", "[remainders]", "unknown field `remainders`"),
    ] {
        let file = swap(from, to);
        assert_ne!(file, FILE, "{from}");
        refuses(&AMO, &file, expected);
    }
}
