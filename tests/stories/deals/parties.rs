//! Whose deal it is: one person and one firm, found and never mixed up.

use super::*;

#[tokio::test]
async fn a_contact_found_by_mail_keeps_its_name_and_gains_the_phone() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    app.amo.create_lead_by_hand(&HandMadeLead {
        contact: "Анна Сергеевна (снабжение)".to_owned(),
        phone: "+7 812 000-00-01".to_owned(),
        email: "Anna@example.com".to_owned(),
        ..HandMadeLead::default()
    });
    let theirs = app.amo.contacts()[0].id;
    app.pass(TimeDelta::minutes(1));
    let mut tx = app.db.begin().await.unwrap();
    let customer = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let (id, now) = (&customer.id, app.clock.now());
    let email = Some("anna@example.com");
    people::update_from_crm(&mut tx, id, None, None, email, now).await.unwrap();
    tx.commit().await.unwrap();

    let lead = ordered(&app, &phone, "k").await;
    assert_eq!(lead.main_contact(), Some(theirs));
    let contacts = app.amo.contacts();
    let [contact] = contacts.as_slice() else { panic!("one contact, not {contacts:#?}") };
    assert_eq!(contact.name, "Анна Сергеевна (снабжение)");
    assert_eq!(contact.phones(), ["+7 812 000-00-01", "+79001112233"], "both phones are kept");
    assert_eq!(contact.emails(), ["Anna@example.com"], "the same address is not written again");
    app.finish().await;
}

#[tokio::test]
async fn a_stranger_whose_name_holds_the_digits_is_left_alone() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    app.amo.create_lead_by_hand(&HandMadeLead {
        contact: "Просил перезвонить 9001112233".to_owned(),
        phone: "+7 495 000-00-02".to_owned(),
        ..HandMadeLead::default()
    });
    app.pass(TimeDelta::minutes(1));
    let stranger = app.amo.contacts()[0].clone();
    let lead = ordered(&app, &phone, "k").await;
    assert_ne!(lead.main_contact(), Some(stranger.id));
    assert_eq!(app.amo.contact(stranger.id).unwrap(), stranger, "nothing of theirs has changed");
    app.finish().await;
}

#[tokio::test]
async fn a_contact_that_was_merged_away_is_looked_for_again() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    let first = ordered(&app, &phone, "one").await;
    app.pass(TimeDelta::minutes(1));
    app.amo.delete_contact(first.main_contact().unwrap());
    app.amo.create_lead_by_hand(&HandMadeLead {
        contact: "Анна (основной)".to_owned(),
        phone: "8 (900) 111-22-33".to_owned(),
        ..HandMadeLead::default()
    });
    app.pass(TimeDelta::minutes(1));
    let second = ordered(&app, &phone, "two").await;
    let contacts = app.amo.contacts();
    let [kept] = contacts.as_slice() else { panic!("one contact, not {contacts:#?}") };
    assert_eq!(second.main_contact(), Some(kept.id));
    assert_eq!(kept.name, "Анна (основной)");
    app.finish().await;
}

#[tokio::test]
async fn two_first_orders_at_once_are_one_person_and_one_firm() {
    let app = App::start_with(with(&[("AMOCRM_FIELD_INN_ID", "700205")])).await;
    let phone = app.linked_customer().await;
    for key in ["one", "two"] {
        fill_cart(&phone, 1).await;
        order(&phone, key).await;
    }
    app.settled().await;
    assert_eq!(app.amo.leads().len(), 2);
    assert_eq!(app.amo.contacts().len(), 1);
    let companies = app.amo.companies();
    let [company] = companies.as_slice() else { panic!("one company, not {companies:#?}") };
    assert_eq!(company.name, FIRM);
    assert_eq!(company.fields[&FIELD_INN][0].value, INN);
    assert_eq!(app.amo.contacts()[0].company_id, Some(company.id), "she works there");
    for lead in app.amo.leads() {
        assert_eq!(lead.company_id, Some(company.id));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_firm_is_found_by_its_inn_and_not_by_a_namesake() {
    let app = App::start_with(with(&[("AMOCRM_FIELD_INN_ID", "700205")])).await;
    let phone = app.linked_customer().await;
    let namesake = app.amo.create_company_by_hand(FIRM, "7707083893");
    let theirs = app.amo.create_company_by_hand("ТСЦ, Тула", INN);
    app.pass(TimeDelta::minutes(1));
    let lead = ordered(&app, &phone, "k").await;
    assert_eq!(lead.company_id, Some(theirs));
    assert_eq!(app.amo.companies().len(), 2);
    assert_ne!(lead.company_id, Some(namesake));
    app.finish().await;
}

#[tokio::test]
async fn without_inns_a_firm_is_found_by_its_very_name() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    app.amo.create_company_by_hand("ООО «Тульский станочный цех — Сервис»", "");
    let theirs = app.amo.create_company_by_hand("ООО \"Тульский станочный цех\"", "");
    app.pass(TimeDelta::minutes(1));
    let lead = ordered(&app, &phone, "k").await;
    assert_eq!(lead.company_id, Some(theirs));
    assert_eq!(app.amo.companies().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_company_made_before_the_connection_broke_is_found() {
    let app = App::start_with(with(&[])).await;
    let phone = app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::DropAfter, 1).only("POST /api/v4/companies");
    app.amo.faults().set(vec![fault]);
    fill_cart(&phone, 1).await;
    order(&phone, "k").await;
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    assert_eq!(app.amo.companies().len(), 1);
    assert_eq!(app.amo.leads().len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn with_control_of_duplicates_everything_is_made_in_one_call() {
    let app = App::start_with(with(&[("AMOCRM_DUPLICATE_CONTROL", "true")])).await;
    let phone = app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::ErrorAfter, 1).only("POST /leads/complex");
    app.amo.faults().set(vec![fault]);
    fill_cart(&phone, 1).await;
    let one = order(&phone, "one").await["number"].as_str().unwrap().to_owned();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    let first = deal_of(&app, &one);
    assert_eq!((app.amo.contacts().len(), app.amo.companies().len()), (1, 1));
    assert_eq!(first.company_id, Some(app.amo.companies()[0].id));

    // The account decides that the next order belongs to the deal that is still open.
    app.amo.set_duplicate_control(true);
    let second = ordered(&app, &phone, "two").await;
    assert_eq!(second.id, first.id, "one deal bears both numbers");
    assert!(second.tag_names().contains(&one.as_str()));
    assert_eq!(app.amo.leads().len(), 1);
    assert_eq!(app.amo.notes_of(first.id).len(), 2, "each order has its note");
    assert_eq!((app.amo.contacts().len(), app.amo.companies().len()), (1, 1));
    app.finish().await;
}
