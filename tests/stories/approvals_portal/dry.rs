//! A rule is tried before it is written, and acts as soon as it is.

use chrono::TimeDelta;
use domain::texts::Lang;
use sandbox::bitrix24::Call;
use sandbox::faults::{FaultMode, FaultPlan};
use tests::{Console, Setup};

use super::*;
use crate::desk::ADMINISTRATOR;

const RULES: &str = "/staff/approvals/rules";
const TRY: &str = "/staff/approvals/rules/try";

/// What a chief types into the form of a rule, as far as it says what is caught.
const DRAFT: [(&str, &str); 5] = [
    ("connection", "b24"),
    ("entity", "deal"),
    ("amount_from", "500 000"),
    ("stages", "NEW"),
    ("comment", "Крупная & срочная"),
];

async fn chief(app: &App) -> Console {
    administrator(app).await;
    app.console(ADMINISTRATOR).await
}

#[tokio::test]
async fn a_rule_that_is_not_saved_shows_what_it_would_have_caught() {
    let app = told_by(FILE).await;
    let mut console = chief(&app).await;
    for roubles in [400_000, 600_000] {
        deal(&app, roubles).await;
    }
    // Older than the newest hundred, and worth it.
    for _ in 0..2 {
        let moved = deal(&app, 700_000).await;
        app.bitrix24.drag(Kind::Deal, moved, "PREPARATION");
    }
    app.settled().await;
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway).only("crm.item.list")]);
    let page = console.post(TRY, &DRAFT).await.gone_to();
    assert!(page.starts_with(TRY) && page.contains("amount_from"), "{page}");
    let waits = console.get(&page).await.ok();
    assert!(waits.contains("читаются из «b24»") && waits.contains("data-live"), "{waits}");
    app.eventually("a try that failed", async || {
        app.open().await.iter().any(|one| one.failures == 1).then_some(())
    })
    .await;
    app.bitrix24.faults().clear();
    app.pass(TimeDelta::minutes(10));
    app.settled().await;
    let shown = console.get(&page).await.ok();
    assert!(shown.contains("поймало бы 1 из 4"), "{shown}");
    for known in ["Станок за 600000", "600\u{a0}000\u{a0}₽", "Ольга Фролова", "/crm/deal/details/"]
    {
        assert!(shown.contains(known), "{known}: {shown}");
    }
    assert!(!shown.contains("Станок за 400000") && !shown.contains("Станок за 700000"));
    assert!(shown.contains("value=\"500000\""), "what was typed stays: {shown}");
    assert!(console.get(RULES).await.ok().contains("Новое правило"));

    // Another draft of the same deals asks the portal nothing; «anew» does.
    let asked = calls(&app);
    assert!(asked > 0);
    let wider = [DRAFT[0], DRAFT[1], ("amount_from", "100")];
    let page = console.post(TRY, &wider).await.gone_to();
    assert!(console.get(&page).await.ok().contains("поймало бы 4 из 4"));
    assert_eq!(calls(&app), asked);
    deal(&app, 650_000).await;
    let again = console.post(TRY, &[DRAFT[0], DRAFT[1], ("anew", "yes")]).await.gone_to();
    app.settled().await;
    assert!(console.get(&again).await.ok().contains("поймало бы 5 из 5"));
    assert!(tasks(&app, 1).is_empty(), "a dry run asks nobody");
    app.finish().await;
}

/// How often the newest were asked for; the poll of what changed asks for others.
fn calls(app: &App) -> usize {
    let newest =
        |call: &&Call| call.method == "crm.item.list" && call.params["order"]["id"] == "DESC";
    app.bitrix24.calls().iter().filter(newest).count()
}

#[tokio::test]
async fn a_hundred_deals_are_looked_at_and_a_rule_of_another_name_comes_first() {
    let app = told_by(&file("approvers = [\"5003\"]")).await;
    let mut console = chief(&app).await;
    for number in 0..103 {
        let made =
            HandMadeDeal {
                title: format!("Сделка {number}."), price: 10, ..Default::default()
            };
        app.bitrix24.create_deal_by_hand(&made).unwrap();
    }
    deal(&app, 900_000).await;
    let page = console.post(TRY, &DRAFT[..2]).await.gone_to();
    app.settled().await;
    let shown = console.get(&page).await.ok();
    assert!(shown.contains("поймало бы 100 из 100"), "{shown}");
    assert!(shown.contains("Сделка 102.") && !shown.contains("Сделка 3."), "the newest: {shown}");
    assert!(shown.contains("раньше сработает «big deal»"), "{shown}");
    app.finish().await;
}

#[tokio::test]
async fn a_rule_written_in_the_console_is_told_of_at_once_and_checked() {
    let setup =
        Setup { bitrix24: false, bitrix24_app: true, file: FILE.to_owned(), ..Setup::default() };
    let app = App::start_with(setup).await;
    let hook = format!("{}/webhook/bitrix24", app.base);
    assert_eq!(app.bitrix24.install(&hook).await, 200);
    let crms = &app.outbox.deliverer.crms;
    let url = app.base.parse().unwrap();
    crms.bind_events(&url).await.unwrap();
    let bound = || {
        let all = app.bitrix24.handlers().into_iter();
        all.filter(|one| one.url == hook).map(|one| one.event).collect::<Vec<_>>()
    };
    assert!(!bound().iter().any(|event| event == "ONTASKUPDATE"), "{:?}", bound());
    let mut console = chief(&app).await;
    let mut rule = DRAFT.to_vec();
    rule.extend([("name", "Крупная"), ("approver_1", "5003"), ("approve_stage", "NOWHERE")]);
    console.post(RULES, &rule).await.gone_to();
    crms.bind_events(&url).await.unwrap();
    assert!(bound().iter().any(|event| event == "ONTASKUPDATE"), "{:?}", bound());
    let found = crms.check_portal(None, Lang::Ru).await.expect("a portal").1;
    let rules = found.iter().find(|one| one.check == "rules").expect("rules are checked");
    assert!(rules.words.contains("«Крупная»: stage = NOWHERE"), "{rules:?}");
    app.finish().await;
}
