//! The deal moves to the stage of a state.

use domain::ids::{OrderId, RequestId};
use domain::{orders, requests};

use crate::crm::tell::account::Account;
use crate::crm::tell::deal::deal_of;
use crate::crm::tell::memory::local;
use crate::worker::policy::Failure;

pub(super) async fn order<A: Account>(
    account: &A,
    id: &OrderId,
    state: orders::State,
) -> Result<Option<String>, Failure> {
    let current = {
        let mut reader = account.db().read().await.map_err(local)?;
        orders::load(&mut reader, id).await.map_err(local)?.0.state
    };
    let stage = account.config().order_stages.stage_of(state.as_str());
    push(account, &format!("order:{id}"), current == state, stage).await
}

pub(super) async fn request<A: Account>(
    account: &A,
    id: &RequestId,
    state: requests::State,
) -> Result<Option<String>, Failure> {
    let current = {
        let mut reader = account.db().read().await.map_err(local)?;
        requests::load(&mut reader, id).await.map_err(local)?.request.state
    };
    let stage = account.config().request_stages.stage_of(state.as_str());
    push(account, &format!("request:{id}"), current == state, stage).await
}

pub(super) async fn push<A: Account>(
    account: &A,
    entity: &str,
    is_current: bool,
    stage: Option<&str>,
) -> Result<Option<String>, Failure> {
    if !is_current {
        return Ok(Some("superseded by a newer state".to_owned()));
    }
    let Some(stage) = stage else {
        return Ok(Some("no stage is mapped to this state".to_owned()));
    };
    let deal = deal_of(account, entity).await?;
    account.move_deal(deal, stage).await
}
