//! Models of machines as the console shows them.

use crate::db::{Executor, fetch_all, fetch_one, fetch_optional};
use crate::ids::{ModelId, PartId};
use crate::machines::passport::specification;
use crate::machines::{MachineModel, MachineSummary, summaries};
use crate::paging::{self, Page};
use crate::text::code_key;
use crate::{Error, Result};

/// A model of the list.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ListedModel {
    /// Its id.
    pub id: ModelId,
    /// Its code.
    pub code: String,
    /// As people call it.
    pub name: String,
    /// Who makes it.
    pub maker: String,
    /// What kind of machine it is.
    pub category: String,
    /// How many machines of it there are.
    pub machines: i64,
}

/// A model with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    /// The model.
    pub model: MachineModel,
    /// Parts that fit, the first of them: id, article, name.
    pub parts: Vec<(PartId, String, String)>,
    /// How many parts fit.
    pub parts_total: i64,
    /// Its newest machines.
    pub machines: Vec<MachineSummary>,
}

/// Parts and machines that a model's page shows.
const SHOWN: i64 = 10;

/// A page of models, newest first, and the cursor of the next; a code is searched, in either
/// alphabet. One statement that an index serves, and a count per row.
pub async fn models_page(
    db: &mut impl Executor,
    filter: &paging::Filter<()>,
) -> Result<Page<ListedModel>> {
    let code = filter.words.as_deref().map(code_key);
    macro_rules! book {
        ($where:literal) => {
            concat!(
                "select m.id, m.code, m.name, m.maker, m.category,
                        (select count(*) from machine_instances i
                          where i.model_id = m.id) as machines
                   from machine_models m
                  where m.id < $1 and ",
                $where,
                " order by m.id desc limit $2"
            )
        };
    }
    let rows = fetch_all!(
        db,
        ListedModel,
        if code.is_some() { book!("m.code_key = $3") } else { book!("$3 is null") },
        paging::before(filter.before.as_deref()),
        paging::one_more(filter.limit),
        code
    )?;
    Ok(Page::of(rows, filter.limit, |row| row.id.to_string()))
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    model: MachineModel,
    specification_json: String,
}

/// A model by id. Four statements.
pub async fn model(db: &mut impl Executor, id: &ModelId) -> Result<ModelCard> {
    let row = fetch_optional!(
        db,
        Row,
        "select id as model_id, code, name, maker, category, photo, maintenance_months,
                maintenance_hours, specification as specification_json
           from machine_models where id = $1",
        id
    )?;
    let Row { mut model, specification_json } = row.ok_or(Error::NotFound)?;
    model.specification = specification(&specification_json)?;
    let parts = fetch_all!(
        db,
        (PartId, String, String),
        "select p.id, p.sku, p.name
           from part_models pm
           join parts p on p.id = pm.part_id
          where pm.model_id = $1 and p.active
          order by pm.part_id
          limit $2",
        id,
        SHOWN
    )?;
    let (parts_total,) =
        fetch_one!(db, (i64,), "select count(*) from part_models where model_id = $1", id)?;
    let machines = fetch_all!(
        db,
        MachineSummary,
        concat!(
            summaries!(
                "(select * from machine_instances where model_id = $1 order by id desc limit $2) m"
            ),
            " order by m.id desc"
        ),
        id,
        SHOWN
    )?;
    let machines = machines.into_iter().map(MachineSummary::with_state).collect();
    Ok(ModelCard { model, parts, parts_total, machines })
}
