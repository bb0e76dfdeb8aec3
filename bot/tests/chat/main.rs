//! The chat by itself, over a real database and the smallest possible Telegram: what the larger
//! stories do not look at, such as a double tap, a restart between two questions, forged presses.

#[cfg(test)]
mod chat;
#[cfg(test)]
mod fake;

use bot::deliver;
use domain::outbox::Notice;
use serde_json::{Value, json};

use crate::chat::{CUSTOMER, Chat, ENGINEER, MANAGER, STRANGER, data, text, toast};
use crate::fake::Call;

#[tokio::test]
async fn only_ones_own_contact_opens_the_park() {
    let chat = Chat::start().await;
    let hello = chat.say(STRANGER, "/start").await;
    assert_eq!(hello[0].1["reply_markup"]["keyboard"][0][0]["request_contact"], true);
    let asked = chat.say(STRANGER, "/park").await;
    assert_eq!(asked[0].1["reply_markup"]["keyboard"][0][0]["request_contact"], true);
    for user_id in [json!(CUSTOMER), json!(null)] {
        let contact =
            json!({"phone_number": "+79001112233", "first_name": "X", "user_id": user_id});
        let refused = chat.send(STRANGER, json!({ "contact": contact })).await;
        assert!(text(&refused).contains("чужой контакт"), "{refused:?}");
    }
    chat.link().await;
    let park = chat.say(CUSTOMER, "/park").await;
    assert!(text(&park).contains("1234") && text(&park).contains("<b>Цех 2, Тула</b>"));
    let passport = chat.press(CUSTOMER, 9, &data(&park, "16К20 № 1234")).await;
    assert!(text(&passport).contains("ООО «Вектор &lt;b&gt;»"), "{}", text(&passport));
    // The same press from somebody else tells nothing and is answered all the same.
    let stolen = chat.press(STRANGER, 9, &data(&park, "16К20 № 1234")).await;
    assert!(!format!("{stolen:?}").contains("1234") && toast(&stolen).is_some());
    let forged = chat.press(CUSTOMER, 9, "v1:tr:' or 1=1").await;
    assert!(toast(&forged).unwrap().contains("не действует"));
}

#[tokio::test]
async fn a_call_for_service_is_sent_once_and_goes_its_way() {
    let chat = Chat::start().await;
    chat.link().await;
    let asked = chat.say(CUSTOMER, "/service").await;
    let kinds = chat.press(CUSTOMER, 1000, &data(&asked, "16К20 № 1234")).await;
    let down = chat.press(CUSTOMER, 1000, &data(&kinds, "Поломка")).await;
    chat.press(CUSTOMER, 1000, &data(&down, "Да")).await;
    let more = chat.say(CUSTOMER, "Не включается <шпиндель>").await;
    let photo =
        json!([{"file_id": "a", "file_unique_id": "b", "file_size": 30, "width": 9, "height": 9}]);
    let counted = chat.send(CUSTOMER, json!({ "photo": photo })).await;
    assert!(text(&counted).contains("1\u{a0}файл"), "{counted:?}");
    let review = chat.press(CUSTOMER, 1002, &data(&more, "Готово")).await;
    let send = data(&review, "Отправить");
    let sent = chat.press(CUSTOMER, 1002, &send).await;
    assert!(toast(&sent).unwrap().contains("SRV-2026-000001"));
    let again = chat.press(CUSTOMER, 1002, &send).await;
    assert!(toast(&again).unwrap().contains("Уже отправлено"));

    let cards = chat.deliver_all().await;
    let to_manager: Vec<Call> =
        cards.iter().filter(|(_, params)| params["chat_id"] == MANAGER).cloned().collect();
    assert!(text(&to_manager).contains("«Не включается &lt;шпиндель&gt;»"));
    // The customer's card is the message of the conversation, edited.
    assert!(cards.iter().any(|(method, params)| method == "editmessagetext"
        && params["chat_id"] == CUSTOMER
        && params["message_id"] == 1002));
    let take = data(&to_manager, "Беру");
    assert!(toast(&chat.press(CUSTOMER, 1, &take).await).unwrap().contains("нет"));
    let desk = chat.say(MANAGER, "/desk").await;
    assert!(text(&desk).contains("SRV-2026-000001"));
    assert_eq!(toast(&chat.press(MANAGER, 7, &take).await), Some("Ваше."));
    let engineers = chat.press(MANAGER, 7, &data(&chat.deliver_all().await, "Назначить")).await;
    chat.press(MANAGER, 7, &data(&engineers, "Пётр")).await;
    the_engineer_does_it(&chat).await;
}

async fn the_engineer_does_it(chat: &Chat) {
    let cards = chat.deliver_all().await;
    let accepted = chat.press(ENGINEER, 1, &data(&cards, "Принимаю")).await;
    let started = chat.press(ENGINEER, 1, &data(&accepted, "Начать")).await;
    drop(started);
    let jobs = chat.say(ENGINEER, "/jobs").await;
    let asked = chat.press(ENGINEER, 1, &data(&jobs, "Выполнено")).await;
    assert!(text(&asked).contains("Что сделано"), "{asked:?}");
    let more = chat.say(ENGINEER, "Заменил предохранитель").await;
    let review = chat.press(ENGINEER, 2, &data(&more, "Готово")).await;
    chat.press(ENGINEER, 2, &data(&review, "Следующее ТО")).await;
    assert!(text(&chat.say(ENGINEER, "вчера").await).contains("14.12.2026"));
    let review = chat.say(ENGINEER, "14.12.2026").await;
    let closed = chat.press(ENGINEER, 3, &data(&review, "Закрыть работу")).await;
    assert!(text(&closed).contains("закрыта"));
    let cards = chat.deliver_all().await;
    let done = data(&cards, "Всё работает");
    let closed = chat.press(CUSTOMER, 1002, &done).await;
    assert!(text(&closed).contains("Закрыта"), "{closed:?}");
}

#[tokio::test]
async fn notices_reach_only_those_who_may_see_them() {
    let chat = Chat::start().await;
    let notice = Notice::ConnectionPaused { connection: "amo".into(), reason: "401 <b>".into() };
    deliver(&chat.deps, STRANGER, &notice).await.unwrap();
    assert_eq!(chat.fake.take(), []);
    deliver(&chat.deps, MANAGER, &notice).await.unwrap();
    assert!(text(&chat.fake.take()).contains("401 &lt;b&gt;"));
}

#[tokio::test]
async fn set_up_names_the_commands_of_customers_and_colleagues() {
    let chat = Chat::start().await;
    bot::set_up(&chat.deps).await.unwrap();
    let calls = chat.fake.take();
    let of = |scope: Value| calls.iter().filter(|(_, params)| params["scope"] == scope).count();
    assert_eq!(of(json!({"type": "all_private_chats"})), 3);
    assert_eq!(of(json!({"type": "chat", "chat_id": ENGINEER})), 1);
}

#[tokio::test]
async fn a_conversation_is_left_by_cancel_and_old_buttons_die() {
    let chat = Chat::start().await;
    chat.link().await;
    let first = chat.say(CUSTOMER, "/service").await;
    let old = data(&first, "16К20 № 0457");
    let second = chat.say(CUSTOMER, "/service").await;
    assert!(toast(&chat.press(CUSTOMER, 1, &old).await).unwrap().contains("не действует"));
    // A serial typed instead of pressed finds the machine, with Latin twins too.
    let found = chat.say(CUSTOMER, "16k20 0457").await;
    let kinds = chat.press(CUSTOMER, 1, &data(&found, "16К20 № 0457")).await;
    assert!(text(&kinds).contains("0457"));
    // The second tap of a double tap changes nothing.
    assert_eq!(toast(&chat.press(CUSTOMER, 1, &data(&second, "Без станка")).await), Some(""));
    let program = json!({"file_id": "a", "file_unique_id": "b", "file_size": 11_000_000, "file_name": "a.pdf"});
    chat.press(CUSTOMER, 1, &data(&kinds, "Консультация")).await;
    let refused = chat.send(CUSTOMER, json!({ "document": program })).await;
    assert!(text(&refused).contains("больше 10"), "{refused:?}");
    let voice = json!({ "voice": {
        "file_id": "a", "file_unique_id": "b", "file_size": 10, "duration": 1, "mime_type": "audio/ogg" } });
    let taken = chat.send(CUSTOMER, voice).await;
    assert!(text(&taken).contains("1\u{a0}файл"), "{taken:?}");
    assert!(text(&chat.say(CUSTOMER, "/cancel").await).contains("Ничего не отправлено"));
    assert!(text(&chat.say(CUSTOMER, "шпиндель").await).contains("/service"));
}

#[tokio::test]
async fn a_due_maintenance_is_booked_once() {
    let chat = Chat::start().await;
    chat.link().await;
    domain::maintenance::tick(&chat.deps.db, &chat.deps.dealer).await.unwrap();
    let told = chat.deliver_all().await;
    assert!(text(&told).contains("ТО через 21\u{a0}день (14\u{a0}декабря)"), "{told:?}");
    let book = data(&told, "Записаться");
    assert!(
        toast(&chat.press(CUSTOMER, 1, &book).await).unwrap().contains("Записали: SRV-2026-000001")
    );
    assert!(
        toast(&chat.press(CUSTOMER, 1, &book).await)
            .unwrap()
            .contains("уже записаны: SRV-2026-000001")
    );
    assert!(toast(&chat.press(MANAGER, 1, &book).await).is_some());
}

#[tokio::test]
async fn people_choose_their_language_and_may_be_forgotten() {
    let chat = Chat::start().await;
    chat.link().await;
    let asked = chat.say(CUSTOMER, "/language").await;
    assert!(text(&chat.press(CUSTOMER, 1, &data(&asked, "English")).await).contains("English"));
    let park = chat.say(CUSTOMER, "/park").await;
    assert!(text(&park).contains("My fleet: 2\u{a0}machines"), "{park:?}");
    let asked = chat.say(CUSTOMER, "/forget").await;
    chat.press(CUSTOMER, 1, &data(&asked, "Yes")).await;
    let stranger = chat.say(CUSTOMER, "/park").await;
    assert_eq!(stranger[0].1["reply_markup"]["keyboard"][0][0]["request_contact"], true);
}

#[tokio::test]
async fn groups_and_bots_get_no_answer() {
    let chat = Chat::start().await;
    let group = json!({"id": -5, "type": "group", "title": "Цех"});
    let from = json!({"id": CUSTOMER, "is_bot": false, "first_name": "Иван"});
    let said = json!({"message_id": 1, "date": 1, "chat": group, "from": from, "text": "/start"});
    assert_eq!(chat.update("message", said).await, []);
}
