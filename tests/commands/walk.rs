//! The operator's walk through the customer's checklist, as `docs/operator.md` tells it: what the
//! real `doctor` prints at each step is what the guide quotes, line by line.

use std::collections::BTreeMap;

use chrono::{TimeZone as _, Utc};
use sandbox::amocrm::{FIELD_SERIAL, STATUS_IN_WORK, Twist, USER_MANAGER};
use tests::Program;

use crate::{json, migrated};

const GUIDE: &str = include_str!("../../docs/operator.md");
const MARKS: [char; 4] = ['✓', '–', '!', '✗'];

/// The blocks that follow `<!-- doctor: NAME -->`, by name.
fn quoted() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut blocks = BTreeMap::new();
    for rest in GUIDE.split("<!-- doctor: ").skip(1) {
        let (name, rest) = rest.split_once(" -->").expect("the comment ends");
        let (_, block) = rest.split_once("```text\n").expect("a block follows");
        let (block, _) = block.split_once("```").expect("the block ends");
        let twice = blocks.insert(name, block.lines().map(str::trim).collect());
        assert!(twice.is_none(), "{name} stands twice in the guide");
    }
    blocks
}

/// What the doctor says of the connection, with the addresses of the guide.
fn about_amo(program: &Program, out: &str) -> Vec<String> {
    let lines = out
        .lines()
        .filter(|line| line.strip_prefix(MARKS).is_some_and(|rest| rest.starts_with(" amocrm")));
    let there = &program.variables["AMOCRM_BASE_URL"];
    let shown = |line: &str| {
        line.replace(&program.base, "https://park.example.ru")
            .replace(there, "https://exampleshop.amocrm.ru")
    };
    lines.map(shown).collect()
}

/// A dealer whose `.env` says nothing of the account but where it is.
async fn newcomer() -> Program {
    let mut program = migrated().await;
    program.variables.retain(|name, _| !name.starts_with("AMOCRM_") || name == "AMOCRM_BASE_URL");
    program.set("AMOCRM_SUBDOMAIN", "exampleshop");
    let until = Utc.with_ymd_and_hms(2031, 2, 9, 9, 0, 0).unwrap();
    let token = program.amo.long_lived_token(until);
    program.set("AMOCRM_ACCESS_TOKEN", &token);
    program
}

struct Walk {
    program: Program,
    quoted: BTreeMap<&'static str, Vec<&'static str>>,
    wrong: Vec<String>,
    last: Vec<String>,
}

impl Walk {
    /// Sets the variables of a step, runs the doctor and compares what it had not printed before.
    async fn step(&mut self, name: &str, set: &[(&str, &str)], words: &[&str]) {
        for (variable, value) in set {
            self.program.set(variable, value);
        }
        let ran = self.program.run(words).await;
        let printed = about_amo(&self.program, &ran.out);
        let fresh = printed.iter().filter(|line| !self.last.contains(line));
        let fresh: Vec<&str> = fresh.map(String::as_str).collect();
        let said = self.quoted.remove(name).unwrap_or_default();
        if fresh != said {
            self.wrong.push(format!("<!-- doctor: {name} -->\n{}", fresh.join("\n")));
        }
        self.last = printed;
    }
}

#[tokio::test]
async fn the_guide_quotes_what_the_doctor_prints_at_each_step_of_the_checklist() {
    let program = newcomer().await;
    let token = program.variables["AMOCRM_ACCESS_TOKEN"].clone();
    let (wrong, last) = (Vec::new(), Vec::new());
    let mut walk = Walk { program, quoted: quoted(), wrong, last };
    const DOCTOR: &[&str] = &["doctor"];
    walk.step("wrong-token", &[("AMOCRM_ACCESS_TOKEN", "eyJ0-half-a-token")], DOCTOR).await;
    walk.step("token", &[("AMOCRM_ACCESS_TOKEN", &token)], DOCTOR).await;
    let fields = [
        ("AMOCRM_FIELD_SERIAL_ID", "712629"),
        ("AMOCRM_FIELD_MODEL_ID", "712630"),
        ("AMOCRM_FIELD_TELEGRAM_ID", "712633"),
    ];
    walk.step("wrong-field", &fields, DOCTOR).await;
    let fields = [
        ("AMOCRM_FIELD_MODEL_ID", "712631"),
        ("AMOCRM_FIELD_CONFIGURATION_ID", "712635"),
        ("AMOCRM_FIELD_NEXT_MAINTENANCE_ID", "712640"),
    ];
    walk.step("fields", &fields, DOCTOR).await;
    let numbers = [
        ("AMOCRM_PIPELINE_ID", "1234567"),
        ("AMOCRM_STATUS_ID", "80953554"),
        ("AMOCRM_RESPONSIBLE_USER_ID", "987654"),
    ];
    walk.step("wrong-numbers", &numbers, DOCTOR).await;
    let numbers = [("AMOCRM_PIPELINE_ID", "10226282"), ("AMOCRM_RESPONSIBLE_USER_ID", "12380450")];
    walk.step("numbers", &numbers, DOCTOR).await;
    let stages = tests::STAGES.replace("\"amo\"", "\"amocrm\"");
    std::fs::write(walk.program.path("mypark.toml"), stages).expect("a file");
    walk.step("stages", &[], DOCTOR).await;
    walk.step("no-webhook", &[("AMOCRM_WEBHOOK_SECRET", "story-secret")], DOCTOR).await;
    walk.step("webhook", &[], &["doctor", "--fix"]).await;
    walk.step("done", &[], DOCTOR).await;
    let Walk { program, quoted, wrong, .. } = walk;
    assert!(wrong.is_empty(), "the doctor prints otherwise:\n\n{}\n", wrong.join("\n\n"));
    assert!(quoted.is_empty(), "no step prints {:?}", quoted.keys());

    // The walk ends with a deal that is made and closed again, and a webhook that arrives.
    let minted = program.ok(&["token", "--name", "проверка"]).await;
    let mut serving = program.serve().await;
    let asked = program.http.get(format!("{}/ingest/test-crm", program.base));
    let asked = asked.bearer_auth(minted.lines().next().unwrap()).send().await.unwrap();
    assert_eq!(json(&asked.text().await.unwrap())["status"], "success");
    assert_eq!(program.amo.leads().len(), 1);
    serving.terminate().await;
}

#[tokio::test]
async fn fix_makes_the_webhook_and_switches_it_on_again() {
    let program = migrated().await;
    let hook = |out: &str| {
        let line = about_amo(&program, out).into_iter().find(|line| line.contains(" webhook:"));
        line.expect("a line about the webhook")
    };
    let before = program.run(&["doctor"]).await;
    assert_eq!(before.code, Some(1), "{}", before.out);
    assert!(hook(&before.out).starts_with('✗'), "{}", before.out);
    assert!(program.amo.subscriptions().is_empty(), "without --fix nothing is changed");

    let made = hook(&program.ok(&["doctor", "--fix"]).await);
    assert!(made.starts_with('✓') && made.contains("just now"), "{made}");
    let told = program.amo.subscriptions();
    assert_eq!(told.len(), 1);
    assert!(told[0].settings.iter().any(|event| event == "status_lead"), "{told:?}");
    let quiet = hook(&program.ok(&["doctor", "--fix"]).await);
    assert!(quiet.starts_with('✓') && !quiet.contains("just now"), "{quiet}");

    program.amo.switch_hooks_off();
    let off = program.run(&["doctor"]).await;
    assert!(hook(&off.out).contains("switched it off"), "{}", off.out);
    let on = hook(&program.ok(&["doctor", "--fix"]).await);
    assert!(on.starts_with('✓') && on.contains("just now"), "{on}");
    let told = program.amo.subscriptions();
    assert!(told.len() == 1 && !told[0].disabled, "{told:?}");

    // A right that is missing is said, and nothing is broken by it.
    program.amo.twist(Twist::NotAdministrator);
    let refused = program.run(&["doctor", "--fix"]).await;
    assert!(hook(&refused.out).starts_with('!'), "{}", refused.out);
    assert!(!refused.out.contains("story-secret"), "a secret is shown");
}

#[tokio::test]
async fn every_defect_is_named_by_the_command_and_a_mended_one_ends_at_once() {
    let program = migrated().await;
    program.ok(&["doctor", "--fix"]).await;
    for (twist, mark, said) in [
        (Twist::PipelineGone, '✗', "Воронки 10226282"),
        (Twist::PipelineArchived, '✗', "в архиве"),
        (Twist::StageGone(80_953_554), '✗', "AMOCRM_STATUS_ID"),
        (Twist::FieldGone(FIELD_SERIAL), '✗', "AMOCRM_FIELD_SERIAL_ID"),
        (Twist::FieldKind(FIELD_SERIAL, "numeric"), '✗', "«Число»"),
        (Twist::NewFieldRequired(80_953_554), '!', "обязательно"),
        (Twist::UserGone(USER_MANAGER), '✗', "AMOCRM_RESPONSIBLE_USER_ID"),
        (Twist::UserOff(USER_MANAGER), '✗', "отключён"),
        (Twist::Shut("contacts"), '✗', "нельзя видеть контакты"),
        (Twist::NotAdministrator, '!', "не от администратора"),
    ] {
        program.amo.twist(twist.clone());
        let ran = program.run(&["doctor"]).await;
        let lines = about_amo(&program, &ran.out);
        let named = lines.iter().any(|line| line.starts_with(mark) && line.contains(said));
        assert!(named, "{twist:?}: {lines:#?}");
        assert_eq!(ran.code, Some(i32::from(mark == '✗')), "{twist:?}: {}", ran.out);
        program.amo.untwist();
    }
    // A stage that nobody uses may go, and filters may come.
    program.amo.twist(Twist::StageGone(STATUS_IN_WORK));
    program.amo.twist(Twist::Filters);
    let well = program.ok(&["doctor"]).await;
    assert!(well.contains("✓ amocrm tariff: filters"), "{well}");

    // What the night found ends with the doctor's good word.
    program.amo.twist(Twist::PipelineArchived);
    let mut serving = program.serve().await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let administrator = "5003";
    let add = ["staff", "add", "--telegram-id", administrator, "--role", "administrator"];
    program.ok(&[&add[..], &["--name", "Олег"]].concat()).await;
    let desk = program.mini_app(5003);
    while desk.get("/app/desk/troubles").await.ok()["mapping"][0].is_null() {
        assert!(std::time::Instant::now() < deadline, "{}", serving.log_end());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    program.amo.untwist();
    let mended = program.ok(&["doctor"]).await;
    assert!(mended.contains("✓ amocrm mapping: what the night found is mended"), "{mended}");
    assert!(desk.get("/app/desk/troubles").await.ok()["mapping"][0].is_null());
    serving.terminate().await;
}
