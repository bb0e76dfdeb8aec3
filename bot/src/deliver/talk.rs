//! What people hear of a request beside its card.

use domain::db::Reader;
use domain::ids::RequestId;
use domain::outbox::RequestNews;
use domain::requests::{self, State};
use domain::thread::Side;
use domain::viewer::Viewer;
use domain::{Error, thread};

use crate::deliver::Composed;
use crate::screens::requests as screens;
use crate::voice::Voice;

/// The message. Who may see it is asked anew.
pub(super) async fn news(
    db: &mut Reader,
    voice: &Voice,
    viewer: &Viewer,
    (id, news): (&RequestId, &RequestNews),
) -> Result<Composed, Error> {
    let side = requests::talk(db, id.as_str()).await?.side(viewer)?;
    let case = requests::load(db, id).await?;
    match news {
        RequestNews::Word { word } => {
            let word = thread::find(db, word).await?;
            // Whoever answers the message answers in the thread.
            let key = thread::owner(&word.id);
            Ok((Some(key), screens::word(voice, &case, &word, side)))
        }
        RequestNews::Windows { offer } => {
            let open = case.offer.number == *offer && !case.offer.open().is_empty();
            let stands = !matches!(case.request.state, State::Closed | State::Cancelled);
            if side != Side::Customer || !open || !stands {
                return Err(Error::NotFound);
            }
            Ok((None, screens::windows(voice, &case)))
        }
        RequestNews::Chosen { .. } => Ok((None, screens::chosen(voice, &case))),
        RequestNews::Rated { .. } => Ok((None, screens::rated(voice, &case))),
    }
}
