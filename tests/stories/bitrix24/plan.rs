//! A dry run says what a delivery would do in Bitrix24, and does nothing.

use sandbox::faults::{FaultMode, FaultPlan};
use tests::{App, MANAGER};

use crate::bitrix24::{alone, comments, deal_of, id};
use crate::deliveries::time_passes_until_all_is_delivered;
use crate::{fill_cart, order};
use sandbox::bitrix24::Kind;

#[tokio::test]
async fn a_dry_run_tells_deal_rows_and_comment_field_by_field() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    fill_cart(&phone, 2).await;
    let number = order(&phone, "k").await["number"].as_str().unwrap().to_owned();
    let delivery = app
        .eventually("a failed try", async || {
            let open = app.open().await;
            open.into_iter().find(|one| one.connection == "b24" && one.failures > 0)
        })
        .await;
    let calls = app.bitrix24.calls().len();
    let manager = app.mini_app(MANAGER);
    let plan = manager.get(&format!("/app/desk/deliveries/{}/plan", delivery.id)).await.ok();
    assert_eq!(app.bitrix24.calls().len(), calls, "a page asks no CRM");
    let steps = plan["plan"]["steps"].as_array().unwrap();
    let words = |name: &str| {
        let fields = steps[0]["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == name);
        let field = field.unwrap_or_else(|| panic!("{name}: {plan}"));
        field["value"]["words"].as_str().unwrap().to_owned()
    };
    assert_eq!(steps[0]["what"], "make-deal");
    assert!(words("title").contains(&number));
    assert_eq!(words("stage"), "NEW");
    assert_eq!(words("responsible"), "7");
    assert!(words("product").starts_with("16К20.02.114 "), "{}", words("product"));
    assert_eq!(steps[1]["what"], "write-note");

    app.bitrix24.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    let said = comments(&app, Kind::Deal, id(&deal_of(&app, &number)));
    assert_eq!(said, [steps[1]["text"].as_str().unwrap()], "what was planned is what was done");
    app.finish().await;
}
