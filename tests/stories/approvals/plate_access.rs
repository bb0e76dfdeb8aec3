//! Somebody asks for a machine by its plate: the director of its company decides.

use sandbox::telegram::ChatMessage;
use tests::{App, MANAGER, NEIGHBOUR, label};

use super::limits::{DIRECTOR, card, company, director};

#[tokio::test]
async fn the_director_answers_who_asks_for_a_machine_by_its_plate() {
    let app = App::start().await;
    let owner = app.linked_customer().await;
    let (company, _) = company(&app, 100).await;
    director(&app, &company).await;
    app.link(NEIGHBOUR).await;
    let neighbour = app.mini_app(NEIGHBOUR);
    let park = owner.get("/app/park").await.ok();
    let of_company = park["machines"].as_array().unwrap();
    let machine = of_company.iter().find(|one| !one["company"].is_null()).unwrap();
    let passport = format!("/app/machines/{}", machine["id"].as_str().unwrap());
    let ask = format!("/app/plates/{}/access", machine["id"].as_str().unwrap());
    let approve = label("approval-act-approve");
    let ask_with = async |words: &str, after: i64| {
        neighbour.post(&ask, &serde_json::json!({ "words": words })).await.ok();
        let asks = |m: &ChatMessage| m.id > after && m.button(approve).is_some();
        app.says(DIRECTOR, |m| asks(m) && m.text.contains("Сосед")).await
    };

    // A no shows nothing of the machine, and the manager's card is over with the director's.
    let asked = ask_with("Первая смена", 0).await;
    let manager = card(&app, MANAGER, "Первая смена").await;
    let reject = label("approval-act-reject");
    app.telegram.press_button(DIRECTOR, asked.id, reject).await.unwrap();
    app.says(DIRECTOR, |m| m.text.contains("Почему отклоняете")).await;
    app.telegram.send_text(DIRECTOR, "Не наш человек").unwrap();
    app.says(MANAGER, |m| m.id == manager.id && m.labels().is_empty()).await;
    app.says(DIRECTOR, |m| m.id > asked.id && m.text.contains("Отклонено")).await;
    app.says(DIRECTOR, |m| m.id == asked.id && m.labels().is_empty()).await;
    app.settled().await;
    assert_eq!(neighbour.get(&passport).await.status, 404);

    // Asked anew, with better words, it is a yes, once.
    let again = ask_with("Наладчик", asked.id).await;
    let yes = again.button(approve).unwrap().data.clone().unwrap();
    // The button is the director's alone: in a stranger's chat it opens nothing.
    let theirs = app.says(NEIGHBOUR, |m| m.from_bot).await;
    app.telegram.press_data(NEIGHBOUR, theirs.id, &yes).await.unwrap();
    app.settled().await;
    assert_eq!(neighbour.get(&passport).await.status, 404);
    app.telegram.press_button(DIRECTOR, again.id, approve).await.unwrap();
    app.says(NEIGHBOUR, |m| m.text.contains("Доступ открыт")).await;
    assert_eq!(neighbour.get(&passport).await.status, 200);
    app.finish().await;
}
