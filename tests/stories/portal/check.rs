//! The live check: each typical error with its cure.

use super::*;

async fn test_connection(app: &App, token: &str) -> (u16, Value) {
    let get = app.http.get(format!("{}/api/bitrix24/test-connection", app.base));
    let answer = get.bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn an_administrator_sees_that_everything_is_there() {
    let app = App::start_with(by_webhook()).await;
    assert_eq!(test_connection(&app, "x").await.0, 401);
    let token = administrators_token(&app).await;
    let (status, body) = test_connection(&app, &token).await;
    assert_eq!((status, &body["status"]), (200, &Value::from("success")), "{body:#}");
    let checks: Vec<&str> = body["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["check"].as_str().unwrap())
        .collect();
    let expected = ["profile", "rights", "limits", "responsible", "stages", "fields", "files"];
    assert_eq!(checks, expected);
    assert!(app.bitrix24.disk_files().is_empty(), "the test file is removed again");
    assert!(
        !body.to_string().contains("sandboxwebhook"),
        "the webhook's code is no one's business"
    );
    app.stop().await;
}

#[tokio::test]
async fn the_typical_errors_come_with_their_cures() {
    let app = App::start_with(by_webhook()).await;
    for (error, words, cure) in [
        ("NO_AUTH_FOUND", "«Invalid webhook URL»", "BITRIX24_WEBHOOK_URL"),
        ("INVALID_CREDENTIALS", "«Invalid webhook URL»", "BITRIX24_WEBHOOK_URL"),
        ("insufficient_scope", "«Access denied»", "crm"),
        ("ACCESS_DENIED", "«Access denied»", "тариф"),
        ("user_access_error", "закрыл приложение", "настройках"),
        ("PAYMENT_REQUIRED", "не оплачен", "Продлите"),
        ("PORTAL_DELETED", "удалён", "поддержку"),
        ("OVERLOAD_LIMIT", "перегрузки", "поддержку"),
        ("QUERY_LIMIT_EXCEEDED", "429", "через минуту"),
    ] {
        app.bitrix24.faults().set(vec![FaultPlan::refused(error, 1)]);
        let (told, advised) = fault(&app).await;
        assert!(told.contains(words) && advised.contains(cure), "{error}: {told} {advised}");
    }
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::ErrorBefore).only("disk.")]);
    let (told, advised) = fault(&app).await;
    assert!(told.contains("«File upload failed»") && advised.contains("10 МБ"), "{told} {advised}");
    app.bitrix24.faults().clear();
    // The responsible person leaves the company.
    app.bitrix24.set_user_active(7, false);
    let (told, advised) = fault(&app).await;
    assert!(told.contains("«User not found»") && told.contains('7'), "{told}");
    assert!(
        advised.contains("BITRIX24_RESPONSIBLE_USER_ID") && advised.contains("12 Павел"),
        "{advised}"
    );
    app.bitrix24.set_user_active(7, true);
    // Somebody tidies the pipeline up.
    app.bitrix24.remove_stage("C1:WON");
    let (told, advised) = fault(&app).await;
    assert!(
        told.contains("request.done = C1:WON") && advised.contains("C1:NEW"),
        "{told} {advised}"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_renamed_portal_is_found_and_remembered_over_a_restart() {
    let app = App::start_with(by_webhook()).await;
    let old = app.bitrix24.webhook_url();
    let new = old.replace("127.0.0.1", "localhost");
    let new = new.split("/rest/").next().unwrap();
    app.bitrix24.move_to(new);
    assert!(works(&app).await);
    let asked =
        |app: &App| app.bitrix24.calls().iter().filter(|call| call.status == Some(302)).count();
    let before = asked(&app);
    assert!(before <= 1, "the old address is asked once: {before}");
    let db = Db::connect(&app.database.url).await.unwrap();
    let other = Server::over(app.config.clone(), app.clock.clone(), db).await.unwrap();
    let found = other.outbox.deliverer.crms.check_portal(None, Lang::Ru).await.unwrap().1;
    assert!(found.iter().all(|finding| finding.state == State::Good), "{found:#?}");
    assert_eq!(asked(&app), before, "the next process knows where it stands");
    other.db.close().await;
    app.stop().await;
}
