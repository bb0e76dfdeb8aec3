//! A person who asks to be forgotten.

use crate::db::{Tx, execute};
use crate::people::{by_telegram, colleagues, direction, names, phones};
use crate::{Dealer, Result, approvals, leads, notices};

/// Erases what the law lets erase: the person. Orders and requests stay as the firm's documents,
/// without a name, phone, e-mail or Telegram id; of site leads from their phones only figures stay.
pub async fn forget(tx: &mut Tx, d: &Dealer, telegram_id: i64) -> Result<bool> {
    let Some(customer) = by_telegram(tx, telegram_id).await? else { return Ok(false) };
    let now = d.clock.now();
    let mut phones = phones::own(tx, &customer.id).await?;
    phones.extend(customer.phone);
    for phone in phones {
        leads::forget(tx, d, &phone).await?;
    }
    approvals::own::forget(tx, d, &customer.id).await?;
    execute!(tx, "delete from cart_items where customer_id = $1", &customer.id)?;
    execute!(tx, "update orders set contact = '' where customer_id = $1", &customer.id)?;
    colleagues::end_invites(tx, d, &customer.id).await?;
    direction::end_offers(tx, &customer.id, None).await?;
    execute!(tx, "delete from memberships where customer_id = $1", &customer.id)?;
    execute!(tx, "delete from customer_phones where customer_id = $1", &customer.id)?;
    execute!(tx, "delete from machine_guests where customer_id = $1", &customer.id)?;
    execute!(tx, "delete from plate_scans where telegram_id = $1", telegram_id)?;
    notices::forget(tx, telegram_id).await?;
    execute!(tx, "delete from dialogues where chat_id = $1", telegram_id)?;
    names::forget(tx, names::CUSTOMER, customer.id.as_str()).await?;
    execute!(tx, "delete from service_drafts where customer_id = $1", &customer.id)?;
    // The CRM keeps its contact; what changes there must not bring the person back here.
    execute!(tx, "delete from crm_links where entity = $1", format!("customer:{}", customer.id))?;
    execute!(
        tx,
        "update customers
            set telegram_id = null, chosen_company = null, phone = null, name = '—', email = null, reachable = false,
                updated_at = $2
          where id = $1",
        &customer.id,
        now
    )?;
    Ok(true)
}
