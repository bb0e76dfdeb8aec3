//! The mapping editor: what the account has stands beside ours, a change is checked, counts at once in every
//! process, is written down, and goes back to the file by one click.

use domain::ids::OrderId;
use domain::plan::DryRun as _;
use domain::{orders, people};
use sandbox::amocrm::{FIELD_NEXT_MAINTENANCE, FIELD_SERIAL, Twist};
use server::Server;
use server::plan::Planner;
use tests::{App, CUSTOMER, Console, MANAGER, Page, STAGES, Setup};

use crate::bitrix24::{FILE, told_by};
use crate::desk::{ADMINISTRATOR, administrator};
use crate::plans::newest_to;
use crate::{fill_cart, order};

const AMO: &str = "/staff/connections/amo/mapping";

/// What stands in the list of a key: its value.
fn chosen<'a>(page: &'a str, key: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{key}\"")).expect("a list of this key");
    let list = rest.split("</select>").next().unwrap();
    let (before, _) = list.split_once("\" selected").expect("something is chosen");
    before.rsplit("value=\"").next().unwrap()
}

/// The row of a key: its list, what is wrong, and where it comes from.
fn row<'a>(page: &'a str, key: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{key}\"")).expect("a list of this key");
    rest.split("<div class=\"mapping").next().unwrap()
}

fn version(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"version\" value=\"").expect("a version");
    rest.split('"').next().unwrap()
}

async fn save(chief: &mut Console, path: &str, changes: &[(&str, &str)]) -> Page {
    let page = chief.get(path).await.ok();
    let version = version(&page).to_owned();
    let form: Vec<_> =
        [("version", version.as_str())].into_iter().chain(changes.to_vec()).collect();
    chief.post(path, &form).await
}

/// An administrator at the page of a connection that was looked at.
async fn at_the_table(app: &App, path: &str) -> Console {
    administrator(app).await;
    let mut chief = app.console(ADMINISTRATOR).await;
    let first = chief.get(path).await.ok();
    assert!(first.contains("Аккаунт ещё не спрашивали") && !first.contains("<select"), "{first}");
    let look = path.replace("/mapping", "/look");
    assert_eq!(chief.post(&look, &[]).await.gone_to(), path);
    app.settled().await;
    chief
}

/// What another process would do with the newest word about an order's state.
async fn plan_of(other: &Server, app: &App) -> String {
    let delivery = newest_to("amo", app, "crm_order_state").await;
    let planner = Planner::stored(other.inbox.crms.clone(), app.db.clone());
    serde_json::to_string(&planner.delivery(&delivery).await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_stage_changed_in_the_console_is_where_the_next_deal_goes_in_every_process() {
    let app = App::start().await;
    let other = Server::over(app.config.clone(), app.clock.clone(), app.db.clone()).await.unwrap();
    let mut chief = at_the_table(&app, AMO).await;
    let page = chief.get(AMO).await.ok();
    assert_eq!(chosen(&page, "stages.order.confirmed"), "80953558");
    assert_eq!(chosen(&page, "fields.serial"), FIELD_SERIAL.to_string());
    assert!(row(&page, "stages.order.confirmed").contains("из файла"), "{page}");
    assert!(page.contains("Отправлен") && page.contains("Серийный номер"), "{page}");

    let changes = [("stages.order.confirmed", "80953562"), ("stages.order.shipped", "")];
    assert_eq!(save(&mut chief, AMO, &changes).await.gone_to(), AMO);
    let page = chief.get(AMO).await.ok();
    assert_eq!(chosen(&page, "stages.order.confirmed"), "80953562");
    let said = row(&page, "stages.order.confirmed");
    assert!(said.contains("изменено в консоли: Олег") && said.contains("80953558"), "{said}");

    let phone = app.linked_customer().await;
    fill_cart(&phone, 1).await;
    let order = order(&phone, "mapped").await;
    let mut tx = app.db.begin().await.unwrap();
    let anna = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let number = order["number"].as_str().unwrap();
    let id: OrderId = orders::by_number(&mut tx, &anna.id, number).await.unwrap().0.id;
    orders::advance(&mut tx, &app.dealer, &id, orders::State::Confirmed, None).await.unwrap();
    tx.commit().await.unwrap();
    app.settled().await;
    let deals = app.amo.leads();
    let deal = deals.iter().find(|deal| deal.name.contains(number)).expect("the order's deal");
    assert_eq!(deal.status_id, 80_953_562, "the process that had started before the change");
    assert!(plan_of(&other, &app).await.contains("80953562"), "and another one");

    let log = chief.get("/staff/audit").await.ok();
    assert!(log.contains("Изменено сопоставление") && log.contains("80953558 → 80953562"), "{log}");
    let restore = [("restore", "stages.order.confirmed")];
    assert_eq!(save(&mut chief, AMO, &restore).await.gone_to(), AMO);
    let page = chief.get(AMO).await.ok();
    assert_eq!(chosen(&page, "stages.order.confirmed"), "80953558");
    assert!(row(&page, "stages.order.confirmed").contains("из файла"));
    assert!(plan_of(&other, &app).await.contains("80953558"), "back to the file, there as well");
    app.finish().await;
}

#[tokio::test]
async fn what_does_not_fit_is_named_and_nothing_changes() {
    let file = STAGES.replace("shipped = \"80953562\"\n", "");
    let app = App::start_with(Setup { file, ..Setup::default() }).await;
    app.amo.twist(Twist::NewFieldRequired(80_953_562));
    let mut chief = at_the_table(&app, AMO).await;
    let before = chief.get(AMO).await.ok();
    let (serial, next) = (FIELD_SERIAL.to_string(), FIELD_NEXT_MAINTENANCE.to_string());
    for (changes, said) in [
        ([("stages.order.shipped", "99")], "Этапа 99"),
        ([("stages.order.shipped", "80953558")], "Этап 80953558 уже стоит у «Подтверждён»"),
        ([("stages.order.shipped", "80953562")], "«Источник» (712999) обязательно на этапах"),
        ([("stages.order.shipped", "сюда")], "Такого значения здесь быть не может"),
        ([("fields.next_maintenance_on", serial.as_str())], "«Дата» или «Дата и время»"),
        ([("fields.serial", next.as_str())], "«Текст» или «Текстовая область»"),
        ([("fields.model", "1")], "среди полей сделки нет"),
    ] {
        // What fits is not taken beside what does not.
        let form = [changes[0], ("stages.order.cancelled", "")];
        let refused = save(&mut chief, AMO, &form).await;
        assert_eq!(refused.status, 422, "{changes:?}");
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
        assert_eq!(chosen(&refused.body, changes[0].0), changes[0].1, "what was chosen stays");
        assert_eq!(chief.get(AMO).await.ok(), before, "{changes:?} changed something");
    }
    let log = chief.get("/staff/audit").await.ok();
    assert!(!log.contains("Изменено сопоставление"), "{log}");
    app.finish().await;
}

#[tokio::test]
async fn of_two_editors_the_second_is_told_and_takes_nothing_away() {
    let app = App::start().await;
    let mut chief = at_the_table(&app, AMO).await;
    let old = version(&chief.get(AMO).await.ok()).to_owned();
    let first = [("version", old.as_str()), ("stages.order.shipped", "")];
    assert_eq!(chief.post(AMO, &first).await.gone_to(), AMO);
    let second = [("version", old.as_str()), ("stages.order.confirmed", "")];
    let refused = chief.post(AMO, &second).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("уже изменил кто-то другой"), "{}", refused.body);
    let page = chief.get(AMO).await.ok();
    assert_eq!(chosen(&page, "stages.order.confirmed"), "80953558");
    assert_eq!(chosen(&page, "stages.order.shipped"), "");
    let mut manager = app.console(MANAGER).await;
    let list = manager.get("/staff/connections").await.ok();
    assert!(!list.contains(AMO), "who may not edit is not led there");
    app.finish().await;
}

#[tokio::test]
async fn a_portals_pipelines_fields_and_people_stand_beside_ours() {
    let app = told_by(FILE).await;
    let path = "/staff/connections/b24/mapping";
    let mut chief = at_the_table(&app, path).await;
    let page = chief.get(path).await.ok();
    assert_eq!(chosen(&page, "stages.request.new"), "C1:NEW");
    assert!(row(&page, "stages.request.new").contains("<optgroup"), "{page}");
    assert_eq!(chosen(&page, "fields.files"), "UF_CRM_FILES");
    assert!(!row(&page, "fields.serial").contains("UF_CRM_NEXT_MAINTENANCE"), "a date holds none");
    assert!(page.contains("Люди аккаунта"), "{page}");
    let refused = save(&mut chief, path, &[("fields.files", "UF_CRM_SERIAL")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Создайте поле типа «Файл»"), "{}", refused.body);
    let refused = save(&mut chief, path, &[("stages.order.quoted", "C1:NONE")]).await;
    assert!(refused.status == 422 && refused.body.contains("Этапа C1:NONE"), "{}", refused.body);
    let changes = [("stages.request.taken", "C1:UC_8QZK2A"), ("fields.configuration", "")];
    assert_eq!(save(&mut chief, path, &changes).await.gone_to(), path);
    let page = chief.get(path).await.ok();
    assert_eq!(chosen(&page, "stages.request.taken"), "C1:UC_8QZK2A");
    assert_eq!(chosen(&page, "fields.configuration"), "");
    app.finish().await;
}
