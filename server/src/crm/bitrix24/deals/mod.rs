//! What we tell the portal.

mod deliver;
