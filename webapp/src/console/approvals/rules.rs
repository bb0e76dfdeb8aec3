//! The rules of approvals: those of the configuration to be read, those of the console to be
//! written.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::Error;
use domain::approvals::rules::{self, Effect, Entity, Need, Rule};
use domain::audit::Act;
use domain::ids::RuleId;
use domain::money::Money;
use domain::staff::{self, Staff};
use serde_json::json;

use crate::console::approvals::dry::{DryView, WATCHED};
use crate::console::approvals::seats::{Bench, Seat, needs};
use crate::console::approvals::typed::{HOUR, read, written_pairs};
use crate::console::clerk::{Clerk, Look};
use crate::console::frame::{Frame, Section};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::parts::Choice;

pub(super) const BASE: &str = "/staff/approvals/rules";
/// What a decision may be, as the form calls it.
const EFFECTS: [&str; 3] = ["approve", "reject", "changes"];

/// Every rule, and the form for one.
#[derive(Template)]
#[template(path = "staff/rules.html")]
pub(crate) struct RulesPage {
    pub(crate) frame: Frame,
    pub(crate) rules: Vec<RuleView>,
    pub(crate) form: RuleForm,
    /// What the rule of the form would have caught, where that was asked.
    pub(crate) dry: Option<DryView>,
}

/// A rule of the list.
pub(crate) struct RuleView {
    pub(crate) name: String,
    /// When it asks, and whom.
    pub(crate) note: String,
    pub(crate) active: bool,
    /// Where it is edited; empty for one of the configuration.
    pub(crate) href: String,
}

/// The form of a rule, filled in.
pub(crate) struct RuleForm {
    /// Where it is sent.
    pub(crate) action: String,
    /// The rule that is edited; empty for a new one.
    pub(crate) id: String,
    pub(crate) connections: Vec<Choice>,
    pub(crate) entities: Vec<Choice>,
    /// Who decides.
    pub(crate) seats: Vec<Seat>,
    pub(crate) needs: Vec<Choice>,
    /// Who is asked when time is up.
    pub(crate) then: Vec<Seat>,
    /// The stages of the portals, as they were last seen.
    pub(crate) stages: Vec<Choice>,
    pub(crate) rule: Written,
}

/// A rule as its form holds it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) pipeline: String,
    pub(crate) amount_from: String,
    pub(crate) amount_to: String,
    pub(crate) stages: String,
    pub(crate) fields: String,
    pub(crate) responsible: String,
    pub(crate) deadline: String,
    pub(crate) remind: String,
    pub(crate) effects: [WrittenEffect; 3],
    pub(crate) own_allowed: bool,
    pub(crate) active: bool,
}

/// What a decision does, as the form holds it.
#[derive(Clone, Debug, Default)]
pub(crate) struct WrittenEffect {
    /// The beginning of the names of its fields in the form.
    pub(crate) of: &'static str,
    /// Which decision it is.
    pub(crate) label: String,
    pub(crate) stage: String,
    pub(crate) fields: String,
    pub(crate) comment: String,
    pub(crate) task: String,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(BASE, get(list).post(add))
        .route("/staff/approvals/rules/{id}", get(edit).post(change))
        .route("/staff/approvals/rules/{id}/remove", post(remove))
}

/// Access: administrators. Four queries.
async fn list(mut look: Look) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.administrator()?;
    let (stored, people) = (rules::list(db).await?, staff::list(db).await?);
    let form = form(clerk, &people, None, (String::new(), BASE.to_owned())).await;
    let bench = Bench::new(clerk.ui, &people);
    let view = |rule: &Rule, active, href| view(clerk.ui, &bench, rule, active, href);
    let own = stored.iter().map(|one| view(&one.rule, one.active, format!("{BASE}/{}", one.id)));
    let given = clerk.state.dealer().approvals.iter();
    let rules = given.map(|rule| view(rule, true, String::new())).chain(own).collect();
    page(&RulesPage { frame: clerk.frame(Section::Approvals), rules, form, dry: None })
}

/// Access: administrators. Four queries.
async fn edit(mut look: Look, Path(id): Path<String>) -> Answer {
    let (clerk, db) = look.parts();
    clerk.viewer.administrator()?;
    let id = RuleId::from(id);
    let stored = rules::list(db).await?.into_iter().find(|one| one.id == id);
    let stored = stored.ok_or(Error::NotFound)?;
    let target = (id.to_string(), format!("{BASE}/{id}"));
    let people = staff::list(db).await?;
    let form = form(clerk, &people, Some((&stored.rule, stored.active)), target).await;
    let frame = clerk.frame(Section::Approvals);
    page(&RulesPage { frame, rules: Vec::new(), form, dry: None })
}

fn view(ui: Ui, bench: &Bench<'_>, rule: &Rule, active: bool, href: String) -> RuleView {
    let from = (rule.amount_from > Money::default())
        .then(|| ui.with("console-rule-from", "sum", ui.money(rule.amount_from.as_kopecks())));
    let approvers: Vec<String> = rule.approvers.iter().map(|one| bench.word(one)).collect();
    let said = [
        Some(rule.connection.clone()),
        Some(ui.s(&format!("console-rule-{}", rule.entity.as_str())).to_owned()),
        from,
        (!rule.stages.is_empty()).then(|| rule.stages.join(", ")),
        Some(ui.with("console-rule-asks", "who", approvers.join(", "))),
    ];
    let note = said.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    RuleView { name: rule.name.clone(), note, active, href }
}

pub(super) async fn form(
    clerk: &Clerk,
    people: &[Staff],
    rule: Option<(&Rule, bool)>,
    (id, action): (String, String),
) -> RuleForm {
    let ui = clerk.ui;
    let connection = rule.map_or("", |(rule, _)| &rule.connection);
    let named = clerk.state.connections().iter();
    let connections =
        named.map(|one| present::choice(&one.name, one.name.clone(), one.name == connection));
    let entity = rule.map_or(Entity::Deal, |(rule, _)| rule.entity);
    let entities = [Entity::Deal, Entity::Lead].map(|one| {
        let label = ui.s(&format!("console-rule-{}", one.as_str())).to_owned();
        present::choice(one.as_str(), label, one == entity)
    });
    let bench = Bench::new(ui, people).with_head();
    let (approvers, then) = rule.map_or((&[][..], &[][..]), |(rule, _)| {
        (&rule.approvers[..], &rule.policy.escalate_to[..])
    });
    RuleForm {
        action,
        id,
        connections: connections.collect(),
        entities: entities.into(),
        seats: bench.deciding(approvers),
        needs: needs(ui, rule.map_or(Need::All, |(rule, _)| rule.policy.need)),
        then: bench.escalating(then),
        stages: stages(clerk).await,
        rule: labelled(ui, rule),
    }
}

/// What the portals call their stages. Nobody outside is asked: a portal that was never seen has none.
async fn stages(clerk: &Clerk) -> Vec<Choice> {
    let Ok(mapper) = clerk.state.mapper() else { return Vec::new() };
    let mut all: Vec<Choice> = Vec::new();
    for portal in clerk.state.connections().iter().filter(|one| one.kind == WATCHED) {
        let Ok(table) = mapper.table(&portal.name).await else { continue };
        let states = table.sections.iter().filter(|part| part.of != "field");
        for group in states.flat_map(|part| &part.rows).flat_map(|row| &row.choices) {
            for stage in &group.all {
                if all.iter().all(|one| one.value != stage.id) {
                    let label = [&group.of, &stage.name].map(String::as_str);
                    let label = label.into_iter().filter(|word| !word.is_empty());
                    let label = label.collect::<Vec<_>>().join(" · ");
                    all.push(present::choice(&stage.id, label, false));
                }
            }
        }
    }
    all
}

/// The form's fields with the names of the decisions.
pub(crate) fn labelled(ui: Ui, rule: Option<(&Rule, bool)>) -> Written {
    let mut written = rule.map_or_else(Written::new, |(rule, active)| Written::of(rule, active));
    for effect in &mut written.effects {
        ui.s(&format!("console-rule-on-{}", effect.of)).clone_into(&mut effect.label);
    }
    written
}

impl Written {
    /// An empty form.
    pub(crate) fn new() -> Written {
        let effect = |of| WrittenEffect { of, ..WrittenEffect::default() };
        Written { effects: EFFECTS.map(effect), active: true, ..Written::default() }
    }

    fn of(rule: &Rule, active: bool) -> Written {
        let hours = |minutes: Option<i64>| match minutes {
            Some(minutes) if minutes % HOUR == 0 => (minutes / HOUR).to_string(),
            Some(minutes) => format!("{:02}:{:02}", minutes / HOUR, minutes % HOUR),
            None => String::new(),
        };
        let roubles = |sum: Money| (sum.as_kopecks() / 100).to_string();
        let effect = |of, effect: &Effect| WrittenEffect {
            of,
            label: String::new(),
            fields: written_pairs(&effect.fields),
            stage: effect.stage.clone().unwrap_or_default(),
            comment: effect.comment.clone().unwrap_or_default(),
            task: effect.task.clone().unwrap_or_default(),
        };
        Written {
            name: rule.name.clone(),
            pipeline: rule.pipeline.clone().unwrap_or_default(),
            amount_from: roubles(rule.amount_from),
            amount_to: rule.amount_to.map(roubles).unwrap_or_default(),
            stages: rule.stages.join(", "),
            fields: written_pairs(&rule.fields),
            responsible: rule.responsible.join(", "),
            deadline: hours(rule.policy.deadline),
            remind: hours(rule.policy.remind),
            effects: [
                effect("approve", &rule.policy.on_approve),
                effect("reject", &rule.policy.on_reject),
                effect("changes", &rule.policy.on_changes),
            ],
            own_allowed: rule.policy.own_allowed,
            active,
        }
    }
}

/// Access: administrators.
async fn add(clerk: Clerk, form: Form) -> Answer {
    let by = clerk.viewer.administrator()?;
    let rule = read(&clerk, &form)?;
    let mut tx = clerk.begin().await?;
    let id = rules::add(&mut tx, clerk.state.dealer(), by, &rule).await?;
    let details = json!({ "name": rule.name });
    let subject_id = id.as_str();
    let act = Act { act: "rule-add", subject: "rule", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(BASE))
}

/// Access: administrators.
async fn change(clerk: Clerk, Path(id): Path<String>, form: Form) -> Answer {
    let by = clerk.viewer.administrator()?;
    let id = RuleId::from(id);
    let (rule, active) = (read(&clerk, &form)?, form.flag("active"));
    let mut tx = clerk.begin().await?;
    rules::change(&mut tx, clerk.state.dealer(), by, &id, (&rule, active)).await?;
    let details = json!({ "name": rule.name, "active": active });
    let subject_id = id.as_str();
    let act = Act { act: "rule-change", subject: "rule", subject_id, details };
    clerk.done(tx, &act).await?;
    Ok(see_other(BASE))
}

/// Access: administrators.
async fn remove(clerk: Clerk, Path(id): Path<String>) -> Answer {
    let by = clerk.viewer.administrator()?;
    let id = RuleId::from(id);
    let mut tx = clerk.begin().await?;
    rules::remove(&mut tx, by, &id).await?;
    let subject_id = id.as_str();
    let act = Act { act: "rule-remove", subject: "rule", subject_id, details: json!({}) };
    clerk.done(tx, &act).await?;
    Ok(see_other(BASE))
}
