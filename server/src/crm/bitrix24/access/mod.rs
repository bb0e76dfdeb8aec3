//! How we get into a portal and stay there: the webhook or the application, the hosts that are
//! believed, and where a renamed portal stands now.

mod application;
mod consent;
pub mod door;
pub(crate) mod event;
pub(crate) mod hosts;
mod install;
mod moved;
pub(crate) mod oauth;
mod sign_in;

pub use crate::crm::bitrix24::access::application::PortalAccess;
pub use crate::crm::bitrix24::access::consent::ReturnedPortal;
pub use crate::crm::bitrix24::access::event::PortalEvent;
