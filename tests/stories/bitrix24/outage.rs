//! Bitrix24 is down for a day.

use chrono::TimeDelta;
use sandbox::faults::{FaultMode, FaultPlan};
use tests::App;

use crate::bitrix24::{alone, comments, deal_of, id};
use crate::deliveries::time_passes_until_all_is_delivered;
use crate::{fill_cart, order};
use sandbox::bitrix24::Kind;

#[tokio::test]
async fn a_day_without_bitrix24_loses_nothing_and_doubles_nothing() {
    let app = App::start_with(alone()).await;
    let phone = app.linked_customer().await;
    app.bitrix24.faults().set(vec![FaultPlan::all(FaultMode::BadGateway)]);
    let mut numbers = Vec::new();
    for key in ["one", "two", "three"] {
        fill_cart(&phone, 1).await;
        numbers.push(order(&phone, key).await["number"].as_str().unwrap().to_owned());
    }
    for _ in 0..24 {
        app.pass(TimeDelta::hours(1));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(app.bitrix24.deals().is_empty());
    app.bitrix24.faults().clear();
    time_passes_until_all_is_delivered(&app).await;
    let ids: Vec<i64> = numbers.iter().map(|number| id(&deal_of(&app, number))).collect();
    assert_eq!(app.bitrix24.deals().len(), 3);
    assert_eq!((app.bitrix24.contacts().len(), app.bitrix24.companies().len()), (1, 1));
    for deal in ids {
        assert_eq!(comments(&app, Kind::Deal, deal).len(), 1);
        assert_eq!(app.bitrix24.rows_of(Kind::Deal, deal).len(), 1);
    }
    app.finish().await;
}
