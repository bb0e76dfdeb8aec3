//! Who is out of Telegram's reach decides by a one-time link of an e-mail.

use domain::approvals::State;
use domain::staff;
use domain::text::Email;
use tests::{App, MANAGER, NEIGHBOUR};

use super::{TITLE, deal, desk, found, opened};

/// The address of the link in the last letter to this person.
async fn link(app: &App, to: &str) -> String {
    app.eventually("a letter with a link", async || {
        let letters = app.mailbox.mails();
        let letter = letters.iter().rev().find(|letter| letter.to.iter().any(|one| one == to))?;
        let at = letter.text.find("http")?;
        letter.text[at..].split_whitespace().next().map(str::to_owned)
    })
    .await
}

/// Somebody blocks the bot, and it is known here.
async fn out_of_reach(app: &App, person: i64) {
    app.telegram.block_bot(person).unwrap();
    app.eventually("that they are out of reach", async || {
        let mut reader = app.db.read().await.unwrap();
        let found = domain::fetch_optional!(
            &mut reader,
            (bool,),
            "select reachable from staff where telegram_id = $1",
            person
        );
        (found.unwrap() == Some((false,))).then_some(())
    })
    .await;
}

async fn page(app: &App, url: &str) -> (u16, String) {
    let request = app.http.get(url).header("accept", "text/html");
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn answer(app: &App, url: &str, form: &[(&str, &str)]) -> (u16, String) {
    let request = app.http.post(url).header("accept", "text/html").form(form);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_letter_decides_once_and_looking_decides_nothing() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let mut tx = app.db.begin().await.unwrap();
    let email = Email::parse("maria@example.com");
    staff::set_reach(&mut tx, MANAGER, email.as_ref(), None).await.unwrap();
    tx.commit().await.unwrap();
    out_of_reach(&app, MANAGER).await;
    let id = opened(&app, &deal()).await;
    let url = link(&app, "maria@example.com").await;
    for _ in 0..2 {
        let (status, shown) = page(&app, &url).await;
        assert_eq!(status, 200);
        assert!(shown.contains(TITLE) && shown.contains("Станок 16К20"), "{shown}");
        assert!(shown.contains("Пётр Продавцов"), "{shown}");
    }
    assert_eq!(found(&app, &id).await.state, State::Open, "a scanner's look decides nothing");
    let (status, asked) = answer(&app, &url, &[("outcome", "reject"), ("reason", " ")]).await;
    assert_eq!(status, 422);
    assert!(asked.contains("Напишите причину") && asked.contains("<form"), "{asked}");
    let reason = "Слишком <дорого>";
    let (status, done) = answer(&app, &url, &[("outcome", "reject"), ("reason", reason)]).await;
    assert_eq!(status, 200);
    assert!(done.contains("Решение учтено") && !done.contains("<form"), "{done}");
    let decided = found(&app, &id).await;
    assert_eq!((decided.state, decided.reason.as_deref()), (State::Rejected, Some(reason)));
    let (status, again) = answer(&app, &url, &[("outcome", "approve")]).await;
    assert_eq!(status, 409);
    assert!(!again.contains("<form"), "{again}");
    assert_eq!(found(&app, &id).await.state, State::Rejected);
    let forged = format!("{}/approve/{}", app.base, "0".repeat(48));
    assert_eq!(page(&app, &forged).await.0, 404);
    assert_eq!(answer(&app, &forged, &[("outcome", "approve")]).await.0, 404);
    app.stop().await;
}

#[tokio::test]
async fn who_blocks_the_bot_while_they_are_asked_gets_one_letter() {
    let app = desk(r#"["5003"]"#, "\"all\"").await;
    let mut tx = app.db.begin().await.unwrap();
    let email = Email::parse("maria@example.com");
    staff::set_reach(&mut tx, MANAGER, email.as_ref(), None).await.unwrap();
    tx.commit().await.unwrap();
    let id = opened(&app, &deal()).await;
    app.says(MANAGER, |message| message.text.contains(TITLE)).await;
    app.settled().await;
    let letters = || {
        let mails = app.mailbox.mails();
        mails.iter().filter(|mail| mail.to.iter().any(|to| to == "maria@example.com")).count()
    };
    assert_eq!(letters(), 0, "a card is enough");
    out_of_reach(&app, MANAGER).await;
    let url = link(&app, "maria@example.com").await;
    app.telegram.unblock_bot(MANAGER).unwrap();
    app.settled().await;
    out_of_reach(&app, MANAGER).await;
    app.settled().await;
    assert_eq!(letters(), 1, "the same question is not sent twice");
    assert_eq!(answer(&app, &url, &[("outcome", "approve")]).await.0, 200);
    assert_eq!(found(&app, &id).await.state, State::Approved);
    app.stop().await;
}

#[tokio::test]
async fn the_link_is_nobodys_secret_but_the_letters() {
    let app = desk(r#"["5004"]"#, "\"all\"").await;
    let mut tx = app.db.begin().await.unwrap();
    let email = Email::parse("oleg@example.com");
    staff::set_reach(&mut tx, NEIGHBOUR, email.as_ref(), None).await.unwrap();
    tx.commit().await.unwrap();
    out_of_reach(&app, NEIGHBOUR).await;
    opened(&app, &deal()).await;
    let url = link(&app, "oleg@example.com").await;
    let token = url.rsplit('/').next().unwrap();
    let mut db = app.db.read().await.unwrap();
    let kept = domain::db::fetch_all!(
        &mut db,
        (String,),
        "select payload from deliveries
          union all
         select request from exchanges
          union all
         select token_hash from approval_links"
    )
    .unwrap();
    drop(db);
    assert!(kept.iter().all(|(text,)| !text.contains(token)), "{token}");
    app.stop().await;
}
