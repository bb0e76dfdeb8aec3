//! What is said of a request, in the feed of its deal.

use domain::ids::RequestId;
use domain::outbox::RequestNews;
use domain::texts::{Lang, Texts};
use domain::{requests, thread};

use crate::crm::story;
use crate::crm::tell::account::{Account, Place, Telling};
use crate::crm::tell::deal::deal_of;
use crate::crm::tell::deliver::files;
use crate::crm::tell::feed;
use crate::crm::tell::memory::local;
use crate::worker::policy::{Failure, Look};

/// Carries `CrmRequestNews` out: a note, and the files of a message.
pub(super) async fn said<A: Account>(
    account: &A,
    id: &RequestId,
    news: &RequestNews,
    look: Look,
) -> Result<Option<String>, Failure> {
    let (case, word) = {
        let mut reader = account.db().read().await.map_err(local)?;
        let case = requests::load(&mut reader, id).await.map_err(local)?;
        let word = match news {
            RequestNews::Word { word } => {
                Some(thread::find(&mut reader, word).await.map_err(local)?)
            }
            _ => None,
        };
        (case, word)
    };
    let entity = format!("request:{id}");
    let telling = Telling { entity: &entity, look };
    let place = Place::Deal(deal_of(account, &entity).await?);
    let dealer = account.dealer();
    let whose = (&case, word.as_ref());
    let text = story::talk_text(Texts::of(Lang::Ru), whose, news, (dealer.zone, dealer.today()));
    feed::note(account, telling, &news.occasion(), place, &text).await?;
    let Some(word) = word else { return Ok(None) };
    let owner = thread::owner(&word.id);
    files(account, telling, place, (&owner, &case.request.number)).await
}
