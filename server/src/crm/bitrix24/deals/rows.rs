//! Positions of a deal as its product rows.

use domain::parts;
use serde_json::{Value, json};

use crate::crm::bitrix24::deals::account::BitrixAccount;
use crate::crm::bitrix24::deals::compose::{roubles, sparse};
use crate::crm::failure::reading;
use crate::crm::tell::{Account as _, Position, Telling, local};
use crate::worker::policy::Failure;

/// What the rows of a deal are remembered as.
pub(crate) const ROWS: &str = "rows";

impl BitrixAccount<'_> {
    /// Writes the positions as rows, once: what managers change in them later stays.
    pub(super) async fn set_rows(
        &self,
        telling: Telling<'_>,
        deal: i64,
        positions: &[Position<'_>],
    ) -> Result<Option<String>, Failure> {
        let memory = self.memory();
        if positions.is_empty() || memory.linked(telling.entity, ROWS).await?.is_some() {
            return Ok(None);
        }
        let mut rows = Vec::new();
        for (at, position) in (1_i64..).zip(positions) {
            rows.push(self.row(at, position).await?);
        }
        // All rows at once: the same call again is the same rows.
        let params = json!({ "ownerType": "D", "ownerId": deal, "productRows": rows });
        match self.calls.call::<Value>("crm.item.productrow.set", &params).await.map_err(reading) {
            Ok(_) => {
                memory.remember(telling.entity, ROWS, &rows.len().to_string()).await?;
                Ok(None)
            }
            Err(Failure::Rejected { why }) => Ok(Some(format!("no product rows: {why}"))),
            Err(other) => Err(other),
        }
    }

    /// A product row, linked where the portal's catalogue keeps the part. What has no price yet costs
    /// nothing until a manager says so.
    async fn row(&self, at: i64, position: &Position<'_>) -> Result<Value, Failure> {
        let product = {
            let mut reader = self.bitrix.db.read().await.map_err(local)?;
            let known = parts::outside_id(&mut reader, self.bitrix.name(), position.part).await;
            known.map_err(local)?
        };
        let product: Option<i64> = product.and_then(|id| id.parse().ok());
        let row = sparse(json!({
            "productId": product,
            "productName": format!("{} {}", position.sku, position.name),
            "price": position.price.map_or(Value::from(0), roubles),
            "quantity": position.quantity,
            "sort": at * 10,
        }));
        Ok(row.into())
    }
}
