//! Once in effect, whatever a step of an order meets: its firm, its products and their links, and
//! the one call that makes everything together, beside what [`crate::deliveries`] tells of a request.

use sandbox::amocrm::Fields;
use sandbox::faults::{FaultMode, FaultPlan};
use serde_json::json;
use tests::{App, MiniApp, Setup};

use crate::deliveries::{impatient, newcomer, time_passes_until_all_is_delivered};

/// How an order becomes a deal: the calls that fail in turn, and what the account is set to.
struct Way {
    variables: &'static [(&'static str, &'static str)],
    steps: &'static [(&'static str, &'static str)],
}

const ONE_BY_ONE: Way = Way {
    variables: &[("AMOCRM_FIELD_INN_ID", "700205")],
    steps: &[
        ("the search for the firm", "GET /api/v4/companies"),
        ("the firm", "POST /api/v4/companies"),
        ("the person's place in it", "POST /contacts/*/link"),
        ("the search for the product", "/elements"),
        ("the product", "POST /elements"),
        ("the products of the deal", "POST /leads/*/link"),
    ],
};

const TOGETHER: Way = Way {
    variables: &[("AMOCRM_FIELD_INN_ID", "700205"), ("AMOCRM_DUPLICATE_CONTROL", "true")],
    steps: &[
        ("everything in one call", "POST /api/v4/leads/complex"),
        ("the note after it", "POST /notes"),
    ],
};

/// A payer's INN with its check digit, another one for each `number`.
fn inn(number: i64) -> String {
    let digits = format!("71{number:07}");
    let weights = [2, 4, 10, 3, 5, 9, 4, 6, 8];
    let sum: u32 =
        digits.bytes().zip(weights).map(|(digit, by)| u32::from(digit - b'0') * by).sum();
    format!("{digits}{}", sum % 11 % 10)
}

/// Puts a part that nobody ordered before into the cart; its article.
async fn another_part(phone: &MiniApp, at: usize) -> String {
    let parts = phone.get("/app/parts").await.ok();
    let mut priced =
        parts["parts"].as_array().unwrap().iter().filter(|part| !part["price"].is_null());
    let part = priced.nth(at).unwrap().clone();
    let body = json!({ "part_id": part["id"], "quantity": 2 });
    phone.post("/app/cart/items", &body).await.ok();
    part["sku"].as_str().unwrap().to_owned()
}

/// Each step of an order fails so once, each time for another customer of another firm and another
/// part; each time there must be one of everything in the end.
async fn one_of_each_in_spite_of(mode: FaultMode, way: &Way) {
    let mut setup: Setup = impatient();
    setup.variables.extend(way.variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let app = App::start_with(setup).await;
    app.amo.set_products(true);
    for (at, (person, (step, route))) in (7101..).zip(way.steps).enumerate() {
        let told = format!("{mode:?} at {step}");
        let phone = format!("+7900777{person}");
        let buyer = newcomer(&app, person, &phone).await;
        let sku = another_part(&buyer, at).await;
        let before = app.amo.faults().fired();
        app.amo.faults().set(vec![FaultPlan::next(mode, 1).only(*route)]);
        let form = json!({ "client_key": "k", "delivery": "pickup", "inn": inn(person) });
        let placed = buyer.post("/app/checkout", &form).await.ok();
        let number = placed["order"]["number"].as_str().unwrap().to_owned();
        time_passes_until_all_is_delivered(&app).await;
        assert_eq!(app.amo.faults().fired(), before + 1, "{told}: it did not strike");
        verdict(&app, &told, (&number, &phone, &inn(person), &sku));
    }
    app.finish().await;
}

fn verdict(app: &App, told: &str, (number, phone, inn, sku): (&str, &str, &str, &str)) {
    let leads = app.amo.leads();
    let deals: Vec<_> = leads.iter().filter(|lead| lead.name.contains(number)).collect();
    let [deal] = deals.as_slice() else { panic!("{told}: {} deals", deals.len()) };
    let notes = app.amo.notes_of(deal.id);
    let notes = notes.iter().filter(|note| note.text().contains(number)).count();
    assert_eq!(notes, 1, "{told}: one note");
    let contacts = app.amo.contacts();
    let contacts: Vec<_> =
        contacts.iter().filter(|c| c.phones().contains(&phone.to_owned())).collect();
    let [contact] = contacts.as_slice() else { panic!("{told}: {} contacts", contacts.len()) };
    assert_eq!(deal.main_contact(), Some(contact.id), "{told}: the deal hangs on the contact");
    let companies = app.amo.companies();
    let has_inn = |fields: &Fields| fields.values().flatten().any(|item| item.value == inn);
    let firms: Vec<_> = companies.iter().filter(|firm| has_inn(&firm.fields)).collect();
    let [firm] = firms.as_slice() else { panic!("{told}: {} firms", firms.len()) };
    assert_eq!(deal.company_id, Some(firm.id), "{told}: the deal hangs on the firm");
    assert_eq!(contact.company_id, Some(firm.id), "{told}: the person works there");
    let products = app.amo.products();
    let has_sku = |fields: &Fields| fields.values().flatten().any(|item| item.value == sku);
    let of_part: Vec<_> = products.iter().filter(|it| has_sku(&it.fields)).collect();
    let [product] = of_part.as_slice() else { panic!("{told}: {} products", of_part.len()) };
    let links: Vec<_> = deal.catalog.iter().filter(|link| link.id == product.id).collect();
    let [link] = links.as_slice() else { panic!("{told}: {} links", links.len()) };
    assert_eq!(link.metadata["quantity"], 2, "{told}");
}

macro_rules! one_of_each {
    ($($story:ident: $mode:ident,)*) => {$(
        #[tokio::test]
        async fn $story() {
            one_of_each_in_spite_of(FaultMode::$mode, &ONE_BY_ONE).await;
            one_of_each_in_spite_of(FaultMode::$mode, &TOGETHER).await;
        }
    )*};
}

one_of_each! {
    too_many_requests_at_any_step_of_an_order: RateLimited,
    a_revoked_token_at_any_step_of_an_order: Unauthorized,
    an_unpaid_account_at_any_step_of_an_order: PaymentRequired,
    a_block_at_any_step_of_an_order: Blocked,
    a_500_before_the_work_at_any_step_of_an_order: ErrorBefore,
    a_500_after_the_work_at_any_step_of_an_order: ErrorAfter,
    a_502_at_any_step_of_an_order: BadGateway,
    silence_without_the_work_at_any_step_of_an_order: HangBefore,
    silence_after_the_work_at_any_step_of_an_order: HangAfter,
    a_connection_that_breaks_before_the_work_of_an_order: DropBefore,
    a_connection_that_breaks_after_the_work_of_an_order: DropAfter,
    half_an_answer_at_any_step_of_an_order: HalfAnswer,
    garbage_at_any_step_of_an_order: Garbage,
}
