//! How our webhooks stand in an account, as the nightly look keeps and tells it.

use domain::outbox::WebhookNews;
use domain::watch;

use crate::crm::tell::Account;

/// Keeps what a look found, as one word (`good`, `absent`, `disabled`, `refused`, …), and tells the
/// administrators what they must know; `renewed`: they had ceased to come, and were mended just now.
///
/// # Errors
/// When the database fails.
pub(crate) async fn stands<A: Account>(
    account: &A,
    found: &str,
    renewed: bool,
) -> anyhow::Result<()> {
    let (name, now) = (&account.config().name, account.dealer().clock.now());
    let mut tx = account.db().begin().await?;
    let before = watch::checked(&mut tx, name, found).await?;
    let changed = before.as_deref() != Some(found);
    let news = match found {
        _ if renewed => Some(WebhookNews::Renewed),
        "disabled" if changed => Some(WebhookNews::Disabled),
        // One that was never there is the operator's choice; `doctor` speaks of it.
        "absent" if before.as_deref() == Some("good") => Some(WebhookNews::Removed),
        _ => None,
    };
    if let Some(news) = news {
        watch::tell(&mut tx, account.dealer(), name, news, now).await?;
    }
    tx.commit().await?;
    Ok(())
}
