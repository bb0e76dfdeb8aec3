//! Once in effect: whatever Bitrix24 does to a call, a request ends as one deal.

use sandbox::bitrix24::{HandMadeDeal, Kind, UF_FILES};
use sandbox::faults::{FaultMode, FaultPlan};
use tests::App;

use crate::bitrix24::{alone, comments, deal_of, id, leads, ours, values};
use crate::deliveries::{ask_for_service, newcomer, time_passes_until_all_is_delivered};

/// The calls by which a request with a file becomes a deal: each one fails in turn. The person is
/// known there already where the first thing to be made is the deal.
const STEPS: [(&str, &str, bool); 10] = [
    ("the Drive", "disk.storage.getlist", false),
    ("the search by our mark", "crm.item.list", false),
    ("the search by phone", "crm.duplicate.findbycomm", false),
    ("the contact", "crm.item.add", false),
    ("the deal", "crm.item.add", true),
    ("the comment", "crm.timeline.comment.add", false),
    ("the upload", "disk.folder.uploadfile", false),
    ("the field for files", "crm.item.update", false),
    ("the look at the field", "crm.item.fields", false),
    ("the look at the comment", "crm.timeline.comment.get", false),
];

async fn one_of_each_in_spite_of(mode: FaultMode) {
    let app = App::start_with(alone()).await;
    for (person, (step, method, known)) in (6101..).zip(STEPS) {
        let told = format!("{mode:?} at {step}");
        let phone = format!("+7900666{person}");
        if known {
            app.bitrix24.create_deal_by_hand(&HandMadeDeal {
                contact: format!("Клиент {person}"),
                phone: phone.clone(),
                ..HandMadeDeal::default()
            });
        }
        let caller = newcomer(&app, person, &phone).await;
        let before = app.bitrix24.faults().fired();
        app.bitrix24.faults().set(vec![FaultPlan::next(mode, 1).only(method)]);
        let number = ask_for_service(&caller).await;
        time_passes_until_all_is_delivered(&app).await;
        assert_eq!(app.bitrix24.faults().fired(), before + 1, "{told}: it did not strike");

        let deal = deal_of(&app, &number);
        let comments = app.bitrix24.comments_of(Kind::Deal, id(&deal));
        let files: Vec<usize> = comments.iter().map(|comment| comment.files.len()).collect();
        assert_eq!(files, [0, 1], "{told}: one comment of words, one with the file");
        let field = app.bitrix24.files_in(Kind::Deal, id(&deal), UF_FILES);
        assert_eq!(field.len(), 1, "{told}: one file in the field");
        let disk = app.bitrix24.disk_files();
        let disk = disk.iter().filter(|file| file.file.name.contains(&number)).count();
        assert_eq!(disk, 1, "{told}: one file on the Drive");
        let contacts = app.bitrix24.contacts();
        let contacts: Vec<_> =
            contacts.iter().filter(|one| values(one, "PHONE").contains(&phone)).collect();
        let [contact] = contacts.as_slice() else { panic!("{told}: {} contacts", contacts.len()) };
        assert_eq!(deal["CONTACT_ID"], id(contact), "{told}: the deal hangs on the contact");
    }
    app.finish().await;
}

macro_rules! one_of_each {
    ($($story:ident: $mode:ident,)*) => {$(
        #[tokio::test]
        async fn $story() {
            one_of_each_in_spite_of(FaultMode::$mode).await;
        }
    )*};
}

one_of_each! {
    too_many_requests_at_any_step_make_one_of_each: RateLimited,
    a_refused_key_at_any_step_makes_one_of_each: Unauthorized,
    an_unpaid_portal_at_any_step_makes_one_of_each: PaymentRequired,
    a_block_at_any_step_makes_one_of_each: Blocked,
    a_500_before_the_work_at_any_step_makes_one_of_each: ErrorBefore,
    a_500_after_the_work_at_any_step_makes_one_of_each: ErrorAfter,
    a_gateways_page_at_any_step_makes_one_of_each: BadGateway,
    silence_before_the_work_at_any_step_makes_one_of_each: HangBefore,
    silence_after_the_work_at_any_step_makes_one_of_each: HangAfter,
    a_dropped_call_at_any_step_makes_one_of_each: DropBefore,
    a_dropped_answer_at_any_step_makes_one_of_each: DropAfter,
    half_an_answer_at_any_step_makes_one_of_each: HalfAnswer,
    an_answer_that_is_no_json_at_any_step_makes_one_of_each: Garbage,
}

#[tokio::test]
async fn a_lead_is_one_lead_whatever_becomes_of_the_answer() {
    let app = App::start_with(alone()).await;
    let modes = [
        FaultMode::ErrorBefore,
        FaultMode::ErrorAfter,
        FaultMode::DropAfter,
        FaultMode::HalfAnswer,
        FaultMode::Garbage,
        FaultMode::HangAfter,
    ];
    for (person, mode) in (1..).zip(modes) {
        app.bitrix24.faults().set(vec![FaultPlan::next(mode, 1).only("crm.lead.add")]);
        let number = leads::ask(&app, &format!("+7916000000{person}"), "Нужен станок", &[]).await;
        time_passes_until_all_is_delivered(&app).await;
        let lead = ours(&app.bitrix24.leads(), &number);
        assert_eq!(comments(&app, Kind::Lead, id(&lead)).len(), 1, "{mode:?}");
    }
    assert_eq!(app.bitrix24.faults().fired(), 6, "each of them struck");
    assert_eq!(app.bitrix24.leads().len(), modes.len());
    app.finish().await;
}
