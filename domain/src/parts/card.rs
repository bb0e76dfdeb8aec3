//! One part: what it is called elsewhere, what it fits, what took its place.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::{Executor, fetch_all};
use crate::ids::{CustomerId, MachineId, ModelId, PartId};
use crate::machines::scope::machines_of;
use crate::parts::Part;
use crate::parts::links::{Beside, beside};
use crate::people::chosen_company;
use crate::{Error, Money, Result};

/// Everything about one part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartCard {
    /// The part.
    pub part: Part,
    /// Whether it can still be ordered.
    pub active: bool,
    /// Its further codes, what it replaced, what does the same, what lies in it.
    #[serde(flatten)]
    pub beside: Beside,
    /// The models that it fits: id, code, name.
    pub models: Vec<(ModelId, String, String)>,
    /// The viewer's machines that it fits: id, serial, model code.
    pub my_machines: Vec<(MachineId, String, String)>,
    /// The part that took its place, where the catalogue has it: id, article, name.
    pub replacement: Option<(PartId, String, String)>,
    /// What of it lies in the viewer's cart: for which machine, how many; newest line first.
    pub in_cart: Vec<(Option<MachineId>, i64)>,
}

impl PartCard {
    /// How many pieces lie in the viewer's cart, for whatever machine.
    pub fn pieces_in_cart(&self) -> i64 {
        self.in_cart.iter().map(|(_, pieces)| pieces).sum()
    }
}

#[derive(sqlx::FromRow)]
struct CardRow {
    id: PartId,
    sku: String,
    name: String,
    price: Option<Money>,
    stock: Option<i64>,
    stock_at: Option<DateTime<Utc>>,
    lead_days: Option<i64>,
    category: String,
    photo: Option<String>,
    replaced_by: Option<String>,
    active: bool,
    new_id: Option<PartId>,
    new_sku: Option<String>,
    new_name: Option<String>,
    cart_machine: Option<String>,
    cart_quantity: Option<i64>,
}

/// A part with its codes, the models and the viewer's machines that it fits, what took its place
/// and what of it lies in the viewer's cart. Three statements. A part that is sold no more is shown
/// too: old orders lead to it.
pub async fn card(
    db: &mut impl Executor,
    customer: Option<&CustomerId>,
    id: &PartId,
) -> Result<PartCard> {
    // A row for each line of the cart, one if there is none.
    let mut rows = fetch_all!(
        db,
        CardRow,
        "select p.id, p.sku, p.name, p.price, p.stock, p.stock_at, p.lead_days, p.category,
                p.photo, p.replaced_by, p.active,
                r.id as new_id, r.sku as new_sku, r.name as new_name,
                c.machine_id as cart_machine, c.quantity as cart_quantity
           from parts p
           left join parts r on r.sku = p.replaced_by
           left join cart_items c on c.customer_id = $2 and c.part_id = p.id
          where p.id = $1
          order by c.added_at desc, c.machine_id",
        id,
        customer
    )?;
    let in_cart = rows.iter().filter_map(cart_line).collect();
    let row = rows.drain(..).next().ok_or(Error::NotFound)?;
    let beside = beside(db, id, &row.sku).await?;
    let (models, my_machines) = fitting(db, customer, id).await?;
    let replacement = match (row.new_id, row.new_sku, row.new_name) {
        (Some(id), Some(sku), Some(name)) => Some((id, sku, name)),
        _ => None,
    };
    let part = Part {
        id: row.id,
        sku: row.sku,
        name: row.name,
        price: row.price,
        stock: row.stock,
        stock_at: row.stock_at,
        lead_days: row.lead_days,
        category: row.category,
        photo: row.photo,
        replaced_by: row.replaced_by,
        fits: false,
        instead_of: None,
    };
    Ok(PartCard { part, active: row.active, beside, models, my_machines, replacement, in_cart })
}

/// A line for no machine has an empty id there.
fn cart_line(row: &CardRow) -> Option<(Option<MachineId>, i64)> {
    let machine = row.cart_machine.as_deref().filter(|id| !id.is_empty()).map(MachineId::from);
    Some((machine, row.cart_quantity?))
}

type Fitting = (Vec<(ModelId, String, String)>, Vec<(MachineId, String, String)>);

async fn fitting(
    db: &mut impl Executor,
    customer: Option<&CustomerId>,
    id: &PartId,
) -> Result<Fitting> {
    let rows = fetch_all!(
        db,
        (ModelId, String, String, Option<MachineId>, Option<String>),
        // Their machines come first, by hand: a model may have thousands of other people's.
        concat!(
            "with mine as materialized (select m.id, m.serial, m.model_id
                                  from machine_instances m
                                 where m.id in (",
            machines_of!("$1"),
            ") and m.company_id is not distinct from coalesce(",
            chosen_company!("$1"),
            ", m.company_id))
             select mm.id, mm.code, mm.name, mine.id, mine.serial
               from part_models pm
               join machine_models mm on mm.id = pm.model_id
               left join mine on mine.model_id = mm.id
              where pm.part_id = $2
              order by mm.name, mm.id, mine.serial, mine.id"
        ),
        customer,
        id
    )?;
    let mut models: Vec<(ModelId, String, String)> = Vec::new();
    let mut machines = Vec::new();
    for (model, code, name, machine, serial) in rows {
        if let Some((machine, serial)) = machine.zip(serial) {
            machines.push((machine, serial, code.clone()));
        }
        if models.last().is_none_or(|(last, ..)| *last != model) {
            models.push((model, code, name));
        }
    }
    Ok((models, machines))
}
