//! What hangs on the deal goes with the card: sent at a press, once, and named where it is too much.

use super::*;

#[tokio::test]
async fn the_files_of_the_deal_open_from_the_card_and_from_the_case() {
    let app = dealer("approvers = [\"5003\"]").await;
    let photo: &[u8] = include_bytes!("../../fixtures/photo.jpg");
    let large = vec![b'a'; 11 * 1024 * 1024];
    let deal = deal(&app, 100_000).await;
    let files: [(&str, &[u8]); 2] = [("архив.txt", &large), ("архив.zip", b"PK\x03\x04")];
    app.bitrix24.comment_by_hand((Kind::Deal, deal), "Документы", &files);
    let field = ("смета.jpg", photo);
    assert!(app.bitrix24.attach_by_hand((Kind::Deal, deal), "UF_CRM_FILES", field));
    app.bitrix24.edit_by_hand(Kind::Deal, deal, json!({ "OPPORTUNITY": 600_000.0 }));
    app.settled().await;
    let card = app.says(MANAGER, |m| m.labels().iter().any(|one| one.contains("смета.jpg"))).await;
    assert!(card.text.contains("архив.txt") && card.text.contains("архив.zip"), "{card:?}");
    let label = card.labels().into_iter().find(|one| one.contains("смета")).unwrap().to_owned();
    app.telegram.press_button(MANAGER, card.id, &label).await.unwrap();
    app.says(MANAGER, |m| m.document.is_some()).await;

    let fetched = || {
        let calls = app.bitrix24.calls().into_iter();
        calls.filter(|call| call.path.to_lowercase().contains("getfile")).count()
    };
    let before = fetched();
    app.bitrix24.edit_by_hand(Kind::Deal, deal, json!({ "TITLE": "Станок с документами" }));
    app.settled().await;
    let id = cases(&app, deal).await[0].0.clone();
    let case = approvals::load(&mut app.db.read().await.unwrap(), &id).await.unwrap();
    assert_eq!(case.files.len(), 1, "each file is fetched once: {case:#?}");
    assert_eq!(fetched(), before);
    let mut console = app.console(MANAGER).await;
    let page = console.get(&format!("/staff/approvals/{id}")).await.ok();
    assert!(page.contains("смета.jpg") && page.contains("архив.txt"), "{page}");
    decide(&app, MANAGER, deal, Outcome::Approve, None).await;
    assert_eq!(stage(&app, deal), "PREPARATION");
    app.finish().await;
}
