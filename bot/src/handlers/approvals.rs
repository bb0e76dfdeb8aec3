//! People answer what they are asked to decide; a refusal waits for its reason.

use domain::Error;
use domain::approvals::{self, Decider, DirectorAnswer, Outcome, Refusal, Via};
use domain::ids::ApprovalId;
use teloxide::types::MessageId;

use crate::button::Token;
use crate::caller::Caller;
use crate::conversation::reason;
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::{Toast, open_card};
use crate::screens;

/// A press on a card. What needs a reason asks for it first.
pub(crate) async fn decide(
    caller: &Caller,
    pressed: Option<MessageId>,
    outcome: Outcome,
    token: &Token,
) -> Result<Toast, Fault> {
    let (deps, staff) = (caller.deps(), caller.staff()?);
    let of_token = {
        let mut db = deps.read().await?;
        approvals::pressed(&mut db, &deps.dealer, staff, token.as_str()).await?
    };
    let (id, version) = of_token.ok_or(Fault::StaleButton)?;
    if outcome.needs_reason() {
        let answerable = async {
            let mut db = deps.read().await?;
            approvals::answerable(&mut db, &deps.dealer, &staff.id, &id, version).await
        };
        if let Err(refused) = answerable.await {
            put(caller, pressed, &id).await?;
            return Err(refused.into());
        }
        reason::ask(caller, (&id, version), outcome, false).await?;
        return Ok(None);
    }
    let answered = answer(caller, (&id, version), outcome, None).await;
    put(caller, pressed, &id).await?;
    answered?;
    Ok(Some(caller.voice.get("bot-approval-counted").to_owned()))
}

/// A director answers for their company.
pub(crate) async fn direct(
    caller: &Caller,
    pressed: Option<MessageId>,
    outcome: Outcome,
    id: &ApprovalId,
) -> Result<Toast, Fault> {
    let (deps, customer) = (caller.deps(), caller.customer()?);
    let directable = async {
        let mut db = deps.read().await?;
        approvals::directable(&mut db, &deps.dealer, &customer.id, id).await
    };
    let version = match directable.await {
        Ok(approval) => approval.version,
        Err(refused) => {
            put_directors(caller, pressed, id).await?;
            return Err(refused.into());
        }
    };
    if outcome.needs_reason() {
        reason::ask(caller, (id, version), outcome, true).await?;
        return Ok(None);
    }
    let answered = direct_answer(caller, (id, version), outcome, None).await;
    put_directors(caller, pressed, id).await?;
    answered?;
    Ok(Some(caller.voice.get("bot-approval-counted").to_owned()))
}

/// Gives an answer in the name of the director who speaks.
pub(crate) async fn direct_answer(
    caller: &Caller,
    (id, version): (&ApprovalId, i64),
    outcome: Outcome,
    reason: Option<&str>,
) -> Result<(), Fault> {
    let (deps, customer) = (caller.deps(), &caller.customer()?.id);
    let answer = DirectorAnswer { outcome, reason, version: Some(version), via: Via::Telegram };
    let mut tx = deps.begin().await?;
    approvals::decide_as_director(&mut tx, &deps.dealer, customer, id, &answer).await?;
    Ok(commit(tx).await?)
}

/// Shows a director the case as it is, where it stands or below.
pub(crate) async fn put_directors(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &ApprovalId,
) -> Result<(), Fault> {
    let (deps, customer) = (caller.deps(), caller.customer()?);
    let case = {
        let mut db = deps.read().await?;
        let case = approvals::load(&mut db, id).await?;
        if !approvals::directs(&mut db, &case.approval, &customer.id).await? {
            return Err(Error::from(Refusal::Stranger).into());
        }
        case
    };
    let screen = screens::approvals::directors(&caller.voice, &case);
    open_card(caller, &approvals::card_key(id), pressed, &screen).await
}

/// The card of a case, for those who may see it.
pub(crate) async fn show(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &ApprovalId,
) -> Result<Toast, Fault> {
    let staff = caller.staff()?;
    approvals::visible(&mut caller.deps().read().await?, &caller.deps().dealer, staff, id).await?;
    put(caller, pressed, id).await?;
    Ok(None)
}

/// Gives an answer in the name of the person who speaks.
pub(crate) async fn answer(
    caller: &Caller,
    (id, version): (&ApprovalId, i64),
    outcome: Outcome,
    reason: Option<&str>,
) -> Result<(), Fault> {
    let (deps, staff) = (caller.deps(), caller.staff()?);
    let who = Decider { staff: staff.id.clone(), via: Via::Telegram };
    let mut tx = deps.begin().await?;
    approvals::decide(&mut tx, &deps.dealer, &who, id, version, outcome, reason).await?;
    Ok(commit(tx).await?)
}

/// Shows the case as it is, where it stands or below.
pub(crate) async fn put(
    caller: &Caller,
    pressed: Option<MessageId>,
    id: &ApprovalId,
) -> Result<(), Fault> {
    let (deps, staff) = (caller.deps(), caller.staff()?);
    let (case, token) = {
        let mut db = deps.read().await?;
        let case = approvals::load(&mut db, id).await?;
        let token = approvals::token_for(&mut db, &deps.dealer, &case, &staff.id).await?;
        (case, token)
    };
    let screen = screens::approvals::card(&caller.voice, &case, token.as_deref());
    open_card(caller, &approvals::card_key(id), pressed, &screen).await
}
