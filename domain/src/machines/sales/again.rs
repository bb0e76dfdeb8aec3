//! A won deal that waits for its model is looked at again once the catalogue knows it: nobody has to
//! touch the deal for that.

use crate::db::{Executor, Tx, fetch_all, fetch_optional};
use crate::ids::new_id;
use crate::machines::register::model_of;
use crate::machines::sales::Gap;
use crate::outbox::{self, Message};
use crate::{Dealer, Result};

/// Whether something is still to be filled in before the machines of a deal get their passports.
pub async fn has_open_gaps(db: &mut impl Executor, connection: &str, deal: &str) -> Result<bool> {
    let row = fetch_optional!(
        db,
        (bool,),
        "select open from sale_gaps where connection = $1 and deal = $2",
        connection,
        deal
    )?;
    Ok(row.is_some_and(|(open,)| open))
}

/// Models came into the catalogue, in the same transaction: each deal that waits for one of them is
/// to be looked at. Answers how many. One that was looked at waits for something else, or for
/// nothing, so the same import again promises nothing.
pub async fn models_changed(tx: &mut Tx, d: &Dealer) -> Result<usize> {
    let now = d.clock.now();
    let waiting = fetch_all!(
        tx,
        (String, String, String),
        "select connection, deal, gaps from sale_gaps where open"
    )?;
    let mut promised = 0;
    for (connection, deal, gaps) in waiting {
        let gaps: Vec<Gap> = serde_json::from_str(&gaps)?;
        if !knows_one_of(tx, &gaps).await? {
            continue;
        }
        let entity = format!("sale:{deal}");
        let message = Message::CrmSaleLook { deal };
        // Of those that still wait, one is enough.
        let once = format!("{entity}:{connection}:look:{}", new_id(now));
        outbox::enqueue(tx, now, &connection, &entity, &message, &once).await?;
        promised += 1;
    }
    Ok(promised)
}

async fn knows_one_of(tx: &mut Tx, gaps: &[Gap]) -> Result<bool> {
    for gap in gaps {
        if let Gap::UnknownModel { model } = gap
            && model_of(tx, model).await?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}
