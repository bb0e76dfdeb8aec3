use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::crm::amo::inbound::form::{DEPTH_LIMIT, PAIRS_LIMIT};

macro_rules! fixture {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../../../tests/fixtures/amocrm/webhooks/", $name, ".form")),
            include_str!(concat!(
                "../../../../../tests/fixtures/amocrm/webhooks/",
                $name,
                ".decoded.json"
            )),
        )
    };
}
const FORMS: [(&str, &str, &str); 11] = [
    fixture!("company_add_under_contacts_key"),
    fixture!("contacts_update"),
    fixture!("leads_add"),
    fixture!("leads_delete"),
    fixture!("leads_note"),
    fixture!("leads_responsible"),
    fixture!("leads_status_account_hook"),
    fixture!("leads_status_digital_pipeline"),
    fixture!("leads_update_batch"),
    fixture!("task_update"),
    fixture!("unsorted_accept"),
];

fn form(name: &str) -> AmoHook {
    let (_, body, _) = FORMS.iter().find(|(known, ..)| *known == name).unwrap();
    parse(body.as_bytes()).unwrap()
}

fn as_json(node: &Node) -> Value {
    match node {
        Node::Leaf(text) => text.as_str().into(),
        Node::Map(map) => map.iter().map(|(key, node)| (key.clone(), as_json(node))).collect(),
    }
}

#[test]
fn every_form_unfolds_as_php_would() {
    for (name, body, decoded) in FORMS {
        let (tree, skipped) = unfold(body.as_bytes()).unwrap();
        let expected: Value = serde_json::from_str(decoded).unwrap();
        assert_eq!(as_json(&Node::Map(tree)), expected, "{name}");
        assert_eq!(skipped, 0, "{name}");
        let hook = parse(body.as_bytes()).unwrap();
        assert_eq!(hook.account_id, Some(31_000_001), "{name}");
        assert_eq!(hook.subdomain.as_deref(), Some("exampleshop"), "{name}");
        assert!(hook.unknown.is_empty(), "{name}: {:?}", hook.unknown);
    }
}

#[test]
fn a_won_deal_is_seen_from_both_kinds_of_hook() {
    for (name, updated_at) in [
        ("leads_status_account_hook", Some(1_767_232_800)),
        ("leads_status_digital_pipeline", None),
    ] {
        let won = AmoEvent {
            entity: AmoEntity::Lead,
            action: AmoAction::Status,
            id: 28_450_917,
            status_id: Some(142),
            pipeline_id: Some(10_226_282),
            old_status_id: Some(80_953_554),
            updated_at,
        };
        assert_eq!(form(name).events, [won], "{name}");
    }
}

#[test]
fn entities_and_actions_are_told_apart() {
    let of = |name: &str| {
        let events = form(name).events.into_iter();
        events.map(|event| (event.entity, event.action, event.id)).collect::<Vec<_>>()
    };
    use AmoAction::{Add, Delete, Note, Other, Responsible, Update};
    use AmoEntity::{Company, Contact, Lead, Task, Unsorted};
    assert_eq!(of("company_add_under_contacts_key"), [(Company, Add, 41_230_557)]);
    assert_eq!(of("contacts_update"), [(Contact, Update, 41_230_555)]);
    assert_eq!(of("leads_add"), [(Lead, Add, 28_450_919)]);
    assert_eq!(of("leads_delete"), [(Lead, Delete, 28_450_919)]);
    assert_eq!(of("leads_note"), [(Lead, Note, 28_450_917)]);
    assert_eq!(of("leads_responsible"), [(Lead, Responsible, 28_450_917)]);
    let both = [(Lead, Update, 28_450_917), (Lead, Update, 28_450_919)];
    assert_eq!(of("leads_update_batch"), both);
    assert_eq!(of("task_update"), [(Task, Update, 470_001)]);
    assert_eq!(of("unsorted_accept"), [(Unsorted, Other("accept".to_owned()), 28_450_919)]);
}

#[test]
fn malformed_bodies_give_what_they_can() {
    let body =
        include_bytes!("../../../../../tests/fixtures/amocrm/webhooks/malformed_tolerance.form");
    let hook = parse(body).unwrap();
    assert_eq!(hook.events.len(), 1);
    assert_eq!((hook.events[0].id, hook.skipped), (28_450_917, 1));
    assert_eq!(hook.subdomain.as_deref(), Some("exampleshop"));
}

#[test]
fn odd_shapes_are_understood() {
    let ids = |body: &str| {
        let events = parse(body.as_bytes()).unwrap().events.into_iter();
        events.map(|event| event.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("leads[delete]=5"), [5]);
    assert_eq!(ids("leads[delete][0]=5&leads[delete][1]=6"), [5, 6]);
    assert_eq!(ids("leads[status][id]=7"), [7]);
    assert_eq!(ids("task[update][0][0][id]=8"), [8]);
    assert_eq!(ids("leads[update][][id]=1&leads[add][0][id]=2"), [2, 1]);
    let eleven: String = (0..11).map(|at| format!("&leads[update][{at}][id]={at}")).collect();
    assert_eq!(ids(&eleven), (0..11).collect::<Vec<_>>());
    let hook = parse(b"add[0][template][id]=1&leads[status][0][id]=&x=1").unwrap();
    assert_eq!(hook.events, []);
    assert_eq!(hook.unknown, ["add[0]", "leads[status]", "x"]);
}

#[test]
fn limits_hold() {
    assert_eq!(parse(&vec![b'a'; BODY_LIMIT + 1]), Err(HookError::TooLarge));
    let deep = format!("a{}=1", "[b]".repeat(DEPTH_LIMIT));
    assert_eq!(parse(deep.as_bytes()).unwrap().skipped, 1);
    let many = "a=1&".repeat(PAIRS_LIMIT + 7);
    assert_eq!(parse(many.as_bytes()).unwrap().skipped, 7);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&body);
    }

    #[test]
    fn arbitrary_keys_never_panic(body in "(leads|contacts|task|unsorted|a)?([\\[\\]=&%0-9a-z]|\\[id\\]|\\[note\\]){0,60}") {
        let _ = parse(body.as_bytes());
    }

    #[test]
    fn what_cannot_be_read_hides_nothing_that_can(
        form in 0..FORMS.len(),
        before in proptest::collection::vec("[z%=+]([a-z0-9\\[\\]%=+ ]{0,14})", 0..5),
        after in proptest::collection::vec("[z%=+]([a-z0-9\\[\\]%=+ ]{0,14})", 0..5),
    ) {
        let (name, body, _) = FORMS[form];
        let clean = parse(body.as_bytes()).unwrap();
        let around = [before, vec![body.to_owned()], after].concat().join("&");
        let hook = parse(around.as_bytes()).unwrap();
        // What is strewn in may happen to be an event of something that nobody knows.
        let known = hook.events.into_iter().filter(|event| clean.events.contains(event));
        prop_assert_eq!(known.collect::<Vec<_>>(), clean.events, "{}", name);
        prop_assert_eq!(hook.account_id, clean.account_id);
        prop_assert_eq!(hook.subdomain, clean.subdomain);
    }
}

/// The next number of a splitmix64 sequence, below `limit`.
fn roll(seed: &mut u64, limit: usize) -> usize {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    usize::try_from(mixed % (limit.max(1) as u64)).unwrap()
}

/// One step of damage: a byte changed, a piece cut out, doubled, or taken from another form.
fn damage(body: &mut Vec<u8>, seed: &mut u64) {
    const SIGNS: &[u8] = b"[]=&%+;0129azA\x00\xff\xd0";
    let (one, other) = (roll(seed, body.len() + 1), roll(seed, body.len() + 1));
    let (from, to) = (one.min(other), one.max(other));
    match roll(seed, 5) {
        0 if from < body.len() => body[from] = SIGNS[roll(seed, SIGNS.len())],
        1 => body.insert(from, SIGNS[roll(seed, SIGNS.len())]),
        2 => drop(body.drain(from..to.min(from + 40))),
        3 => {
            let piece = body[from..to.min(from + 400)].to_vec();
            body.splice(to..to, piece);
        }
        _ => {
            let donor = FORMS[roll(seed, FORMS.len())].1.as_bytes();
            let start = roll(seed, donor.len());
            let end = (start + roll(seed, 200)).min(donor.len());
            body.splice(from..from, donor[start..end].iter().copied());
        }
    }
}

/// `FUZZ_SECONDS=600 cargo test --workspace --lib mutated_forms -- --ignored --nocapture`
#[test]
#[ignore = "runs for as long as FUZZ_SECONDS says, a minute without it"]
#[expect(clippy::disallowed_methods, reason = "the test's own switch, not the product's")]
fn mutated_forms_never_panic_and_never_grow() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds.unwrap_or(60));
    let (mut seed, mut tried) = (1_u64, 0_u64);
    while std::time::Instant::now() < end {
        let start = seed;
        let mut body = FORMS[roll(&mut seed, FORMS.len())].1.as_bytes().to_vec();
        for _ in 0..=roll(&mut seed, 12) {
            damage(&mut body, &mut seed);
        }
        let read = std::panic::catch_unwind(|| parse(&body));
        let Ok(Ok(hook)) = read else {
            panic!("seed {start}: {:?}", String::from_utf8_lossy(&body));
        };
        assert!(hook.events.len() + hook.unknown.len() + hook.skipped <= body.len() + 1);
        tried += 1;
    }
    println!("{tried} forms");
}
