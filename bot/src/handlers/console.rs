//! The way into the console: a code that works once.

use domain::sign_in;

use crate::caller::Caller;
use crate::deps::commit;
use crate::fault::Fault;
use crate::screens::console as screens;

/// Gives a colleague a code, and the link that brings it along. The link signs nobody in: the page
/// behind it has the button.
pub(crate) async fn code(caller: &Caller) -> Result<(), Fault> {
    let staff = caller.staff()?;
    let mut tx = caller.deps().begin().await?;
    let code = sign_in::issue_code(&mut tx, staff, caller.deps().now()).await?;
    commit(tx).await?;
    caller.say(&screens::code(&caller.voice, &code)).await?;
    Ok(())
}
