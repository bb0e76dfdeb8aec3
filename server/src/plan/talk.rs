//! What the deal of a request would be told of what was said.

use domain::ids::RequestId;
use domain::outbox::RequestNews;
use domain::plan::Step;
use domain::texts::{Lang, Texts};
use domain::{Result, requests, thread};

use crate::crm::story;
use crate::plan::Seen;
use crate::plan::draft::Draft;
use crate::plan::outgoing::files;

impl<A: Draft> Seen<'_, A> {
    /// The note of one piece of news, and the files of a message.
    pub(super) async fn said(&self, id: &RequestId, news: &RequestNews) -> Result<Vec<Step>> {
        let (case, word) = {
            let mut reader = self.account.db().read().await?;
            let case = requests::load(&mut reader, id).await?;
            let word = match news {
                RequestNews::Word { word } => Some(thread::find(&mut reader, word).await?),
                _ => None,
            };
            (case, word)
        };
        let entity = format!("request:{id}");
        if self.linked(&entity, A::DEAL).await?.is_none() {
            return Ok(vec![Step::new("no-deal", "")]);
        }
        let dealer = self.account.dealer();
        let whose = (&case, word.as_ref());
        let when = (dealer.zone, dealer.today());
        let note = story::talk_text(Texts::of(Lang::Ru), whose, news, when);
        let mut steps = vec![self.note(&entity, &news.occasion(), &note).await?];
        let sent = word.iter().flat_map(|word| &word.files);
        steps.extend(files(sent.map(|file| file.name.as_str())));
        Ok(steps)
    }
}
