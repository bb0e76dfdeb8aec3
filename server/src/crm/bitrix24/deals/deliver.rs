//! What the outbox promises to Bitrix24, message by message.

use domain::outbox::{Delivery, Message};

use crate::crm::bitrix24::BitrixCalls;
use crate::crm::bitrix24::connection::BitrixConnection;
use crate::worker::policy::Failure;

impl BitrixConnection {
    /// Carries one message out. The text says what was adopted or left out.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn deliver(
        &self,
        _: &Delivery,
        _: &Message,
        _: BitrixCalls<'_>,
    ) -> Result<Option<String>, Failure> {
        Err(Failure::Later { why: "this is not told to Bitrix24 yet".to_owned() })
    }
}
