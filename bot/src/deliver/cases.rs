//! What people hear of a case that is to be decided.

use domain::approvals::disputes;
use domain::db::Reader;
use domain::ids::ApprovalId;
use domain::outbox::Notice;
use domain::viewer::Viewer;
use domain::{Error, approvals};

use crate::deliver::Composed;
use crate::screens;
use crate::voice::Voice;

/// The card, or a message beside it. Who may see it is asked anew.
pub(super) async fn about_approval(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    notice: &Notice,
) -> Result<Composed, Error> {
    match notice {
        Notice::ApprovalCard { approval } => card(db, voice, viewer, approval).await,
        Notice::ApprovalAnswer { approval } => {
            let case = approvals::load(db, approval).await?;
            let whose = approvals::own::customer_of(db, &case.approval).await?;
            if whose.as_ref() != Some(&viewer.customer()?.id) {
                return Err(Error::NotFound);
            }
            Ok((None, screens::approvals::answer(voice, &case)))
        }
        Notice::ApprovalNews { approval, news } => {
            viewer.staff()?;
            let case = approvals::load(db, approval).await?;
            Ok((None, screens::approvals::news(voice, &case, *news)))
        }
        _ => Err(Error::NotFound),
    }
}

async fn card(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    id: &ApprovalId,
) -> Result<Composed, Error> {
    let key = Some(approvals::card_key(id));
    let approval = approvals::find(db, id).await?;
    if let Some(customer) = &viewer.customer
        && approvals::directs(db, &approval, &customer.id).await?
    {
        let case = approvals::load(db, id).await?;
        return Ok((key, screens::approvals::directors(voice, &case)));
    }
    if approval.kind.is_dispute() {
        viewer.manager()?;
        let case = disputes::load(db, id).await?;
        return Ok((key, screens::disputes::card(voice, &case)));
    }
    let staff = viewer.staff()?;
    let case = approvals::load(db, id).await?;
    let token = approvals::token_for(db, &voice.deps.dealer, &case, &staff.id).await?;
    Ok((key, screens::approvals::card(voice, &case, token.as_deref())))
}
