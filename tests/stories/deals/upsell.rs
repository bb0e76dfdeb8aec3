//! «Допродажа»: what a due maintenance becomes.

use super::*;

/// `mypark.toml` with an upsell.
fn upselling(upsell: &str) -> Setup {
    let file = format!(
        "[[connection]]\nname = \"amo\"\nkind = \"amocrm\"\n\n[connection.upsell]\n{upsell}\n"
    );
    Setup { file, ..with(&[]) }
}

#[tokio::test]
async fn a_due_maintenance_is_a_deal_with_its_kit_once() {
    let app = App::start_with(upselling("kind = \"deal\"")).await;
    app.amo.set_products(true);
    app.linked_customer().await;
    let fault = FaultPlan::next(FaultMode::DropAfter, 1).only("POST /api/v4/leads");
    app.amo.faults().set(vec![fault]);
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.eventually("the fault", async || (app.amo.faults().fired() > 0).then_some(())).await;
    patience(&app).await;
    app.at(app.clock.now() + TimeDelta::days(1));
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    let lead = deal_of(&app, "ТО-1234-2026-12-03");
    assert!(lead.name.contains("Допродажа") && lead.name.contains("16К20"), "{}", lead.name);
    assert_eq!(lead.price, 9_600, "the kit of the lowest level");
    assert_eq!(lead.text(712_629).as_deref(), Some("1234"));
    assert_eq!(app.amo.contact(lead.main_contact().unwrap()).unwrap().phones(), ["+79001112233"]);
    let companies = app.amo.companies();
    let firm = companies.iter().find(|company| company.name == FIRM).unwrap();
    assert_eq!(lead.company_id, Some(firm.id));
    let note = app.amo.notes_of(lead.id).remove(0);
    assert!(note.text().contains("НТ-16К20-1"), "{}", note.text());
    assert_eq!(lead.catalog.len(), 1, "the kit is a product of the deal");
    assert!(app.amo.tasks().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn by_steps_each_step_is_a_task_and_a_missed_one_is_caught_up() {
    let upsell = "steps = [7, 0]\ntask_type = 2\ndeadline_days = 2";
    let app = App::start_with(upselling(upsell)).await;
    app.linked_customer().await;
    let about = |app: &App| {
        let tasks = app.amo.tasks();
        tasks.into_iter().filter(|task| task.text.contains("№ 1234,")).collect::<Vec<_>>()
    };
    // The maintenance is due on 3 December; today is 23 November.
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    assert!(about(&app).is_empty(), "ten days before: not yet");
    app.at(app.clock.now() + TimeDelta::days(7));
    for _ in 0..2 {
        maintenance::tick(&app.db, &app.dealer).await.unwrap();
        app.settled().await;
    }
    let tasks = about(&app);
    assert_eq!((tasks.len(), tasks[0].task_type_id), (1, 2), "the step of 7 days is caught up");
    let days = (tasks[0].complete_till - app.clock.now().timestamp()) / 86_400;
    assert_eq!(days, 2, "until the evening of the second day");
    app.at(app.clock.now() + TimeDelta::days(3));
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    assert_eq!(about(&app).len(), 2, "the day itself is a step too");
    did_it_themselves(&app).await;
    app.settled().await;
    let open = about(&app).into_iter().filter(|task| !task.is_completed);
    assert_eq!(open.count(), 0, "what was done needs no calls, whatever step asked for them");
    app.finish().await;
}

/// The customer's own people did the maintenance of machine 1234.
async fn did_it_themselves(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    let customer = people::by_telegram(&mut tx, CUSTOMER).await.unwrap().unwrap();
    let (due,): (OccurrenceId,) = domain::db::fetch_one!(
        &mut tx,
        (OccurrenceId,),
        "select o.id
           from occurrences o
           join machine_instances m on m.id = o.machine_id
          where m.serial = '1234' and o.state = 'open'"
    )
    .unwrap();
    let told = DoneOurselves {
        hours: None, note: "Заменили масло".to_owned(), files: vec![]
    };
    let done = maintenance::done_ourselves(&mut tx, &app.dealer, &customer.id, &due, &told).await;
    done.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_connection_without_upsell_hears_nothing_of_maintenance() {
    let app = App::start_with(upselling("kind = \"none\"")).await;
    app.linked_customer().await;
    maintenance::tick(&app.db, &app.dealer).await.unwrap();
    app.settled().await;
    assert!(app.amo.tasks().is_empty() && app.amo.leads().is_empty());
    app.finish().await;
}
