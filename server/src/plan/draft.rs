//! What a plan must know of an account beyond what is told to it and heard from it: how that which
//! would be written looks there.

use domain::leads::LeadCase;
use domain::plan::{Change, Said, Step};
use serde_json::{Map, Value};

use crate::config::Products;
use crate::crm::amo::calls::fields::FieldWrite;
use crate::crm::amo::deals::account::AmoAccount;
use crate::crm::amo::inbound::webhook;
use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::compose::category_of;
use crate::crm::bitrix24::deals::items::Kind;
use crate::crm::bitrix24::deals::rows::ROWS;
use crate::crm::hear::Speaker;
use crate::crm::tell::Position;
use crate::crm::tell::compose::Deal;
use crate::crm::tell::lead::LEAD;
use crate::plan::incoming::{self, Told};
use crate::plan::names::Names;
use crate::plan::or_default;
use crate::worker::inbox::Trouble;

/// What a position is remembered as, once it is a product.
pub(super) type Remembered = fn(&Position<'_>) -> String;

/// One account, as far as a plan writes to it.
pub(super) trait Draft: Speaker {
    /// The pipeline of a deal or lead in this stage, as [`Names`] keeps it; `None`: the account's
    /// first.
    fn pipeline_of(&self, kind: &str, stage: &str) -> Option<String>;

    /// Whoever answers for what we make.
    fn responsible(&self) -> Option<i64>;

    /// The fields of a new deal.
    fn new_deal(&self, deal: &Deal, names: &Names) -> Vec<Change>;

    /// The fields of a new lead; `None` where a lead of ours becomes a deal there.
    fn new_lead(&self, case: &LeadCase, names: &Names) -> Option<Vec<Change>> {
        let _ = (case, names);
        None
    }

    /// Why a webhook as it came would not be followed at all, such as another account's.
    fn refuses(&self, body: &[u8]) -> impl Future<Output = Option<String>> + Send {
        let _ = body;
        async { None }
    }

    /// What a webhook as it came tells, each entity once.
    fn told(&self, body: &[u8]) -> Vec<Told>;

    /// How positions become products, and what each is remembered as; `None` where they do not.
    fn as_products(&self) -> Option<(Step, Remembered)>;
}

impl Draft for AmoAccount<'_> {
    fn pipeline_of(&self, _: &str, _: &str) -> Option<String> {
        self.amo.settings.pipeline_id.map(|id| id.to_string())
    }

    fn responsible(&self) -> Option<i64> {
        self.amo.settings.responsible_user_id
    }

    fn new_deal(&self, deal: &Deal, names: &Names) -> Vec<Change> {
        let deal = self.amo.new_lead(deal);
        let price = deal.price.map(|price| price.to_string()).unwrap_or_default();
        let pipeline = deal.pipeline_id.map(|id| id.to_string());
        let stage = deal.status_id.map(|id| names.stage(pipeline.as_deref(), &id.to_string()));
        let pipeline = pipeline.map(|id| names.pipeline(&id));
        let step = Step::new("", "").with("title", &deal.name).with("price", price);
        let mut fields = step.fields;
        fields.push(Change::new("pipeline", or_default(pipeline, "plan-default-pipeline")));
        fields.push(Change::new("stage", or_default(stage, "plan-default-stage")));
        fields.push(responsible(names, deal.responsible_user_id));
        fields.extend(Step::new("", "").with("tags", deal.tags.join(", ")).fields);
        fields.extend(deal.fields.into_iter().map(|write| self.written(write, names)));
        fields
    }

    fn as_products(&self) -> Option<(Step, Remembered)> {
        let step = match self.amo.settings.products {
            Products::Off => return None,
            Products::List(id) => Step::new("link-products", id.to_string()),
            Products::Found => Step::new("link-products-if", ""),
        };
        Some((step, |position| format!("position:{}", position.part)))
    }

    async fn refuses(&self, body: &[u8]) -> Option<String> {
        let hook = webhook::parse(body).ok().filter(|hook| !hook.events.is_empty())?;
        match self.amo.is_from_here(&hook).await {
            Err(Trouble::Never(why)) => Some(why),
            _ => None,
        }
    }

    fn told(&self, body: &[u8]) -> Vec<Told> {
        incoming::of_amo(self, body)
    }
}

impl AmoAccount<'_> {
    /// A field under our name, with theirs and what would stand in it.
    fn written(&self, write: FieldWrite, names: &Names) -> Change {
        let write = write.into_json();
        let id = write["field_id"].to_string();
        let value = shown(&write["values"][0]["value"]);
        under_our_name(self, &id, value, names).unwrap_or_else(|value| Change {
            theirs: Some(names.field(&id)),
            ..Change::new("field", Said::Words(value))
        })
    }
}

impl Draft for BitrixAccount<'_> {
    fn pipeline_of(&self, kind: &str, stage: &str) -> Option<String> {
        let of_deal = || category_of(stage).to_string();
        Some(if kind == LEAD { LEAD.to_owned() } else { of_deal() })
    }

    fn responsible(&self) -> Option<i64> {
        self.bitrix.settings.responsible_user_id
    }

    fn new_deal(&self, deal: &Deal, names: &Names) -> Vec<Change> {
        self.written(Kind::Deal.name(), self.bitrix.new_deal(deal), names)
    }

    fn new_lead(&self, case: &LeadCase, names: &Names) -> Option<Vec<Change>> {
        Some(self.written(LEAD, self.bitrix.new_lead(case), names))
    }

    /// All rows of a deal are written at once.
    fn as_products(&self) -> Option<(Step, Remembered)> {
        Some((Step::new("set-rows", ""), |_| ROWS.to_owned()))
    }

    fn told(&self, body: &[u8]) -> Vec<Told> {
        incoming::of_portal(body)
    }
}

impl BitrixAccount<'_> {
    /// What would be written, under our names where we have some.
    fn written(&self, kind: &str, fields: Map<String, Value>, names: &Names) -> Vec<Change> {
        let change = |(theirs, value): (String, Value)| {
            let value = match &value {
                Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
                value => shown(value),
            };
            let (ours, value) = match theirs.as_str() {
                "title" | "TITLE" => ("title", value),
                "opportunity" => ("price", value),
                "categoryId" => ("pipeline", names.pipeline(&value)),
                "stageId" | "STATUS_ID" => {
                    let pipeline = self.pipeline_of(kind, &value);
                    ("stage", names.stage(pipeline.as_deref(), &value))
                }
                "assignedById" | "ASSIGNED_BY_ID" => ("responsible", names.user(&value)),
                _ => match under_our_name(self, &theirs, value, names) {
                    Ok(change) => return change,
                    Err(value) => ("field", value),
                },
            };
            Change { theirs: Some(theirs), ..Change::new(ours, Said::Words(value)) }
        };
        fields.into_iter().map(change).collect()
    }
}

/// A field that `[connection.fields]` maps; the value back where it does not.
fn under_our_name<A: Draft>(
    account: &A,
    theirs: &str,
    value: String,
    names: &Names,
) -> Result<Change, String> {
    let mut mapped = account.config().fields.iter();
    match mapped.find(|(_, field)| *field == theirs) {
        Some((ours, _)) => {
            let theirs = Some(names.field(theirs));
            Ok(Change { theirs, ..Change::new(ours, Said::Words(value)) })
        }
        None => Err(value),
    }
}

/// Who answers for what is made, by name where that is known.
pub(super) fn responsible(names: &Names, user: Option<i64>) -> Change {
    let user = user.map(|id| names.user(&id.to_string()));
    Change::new("responsible", or_default(user, "plan-default-responsible"))
}

/// A value, one phone or e-mail among several.
fn shown(value: &Value) -> String {
    let value = value.get("VALUE").or(value.get("value")).unwrap_or(value);
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
