//! What an administrator does with applications: installs and removes one, makes webhooks.

use serde_json::{Value, json};

use crate::bitrix24::catalogue::USER_ADMIN;
use crate::bitrix24::change::{Caller, Door, Event};
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::deliver;
use crate::bitrix24::portal::Handler;

impl Bitrix24 {
    /// An outgoing webhook made by hand. Answers its application token.
    pub fn add_outgoing_webhook(&self, url: &str, events: &[&str]) -> String {
        let mut portal = self.portal();
        let number = portal.next("outgoing");
        let token = format!("outgoing{number:024}");
        for event in events {
            let id = portal.next("handler");
            portal.handlers.push(Handler {
                id,
                event: event.to_uppercase(),
                url: url.to_owned(),
                auth_type: 0,
                offline: false,
                connector: String::new(),
                webhook_token: Some(token.clone()),
            });
        }
        drop(portal);
        self.touch();
        token
    }

    /// The outgoing webhook that leads to this path of a product: made once, and pointed to where the
    /// product stands by now. Answers its application token.
    pub fn keep_outgoing_webhook(&self, base: &str, path: &str, events: &[&str]) -> String {
        let url = format!("{base}{path}");
        let kept = {
            let mut portal = self.portal();
            let leads_there = |one: &&mut Handler| one.url.ends_with(path);
            let mut kept = None;
            for handler in portal.handlers.iter_mut().filter(leads_there) {
                handler.url.clone_from(&url);
                kept = kept.or_else(|| handler.webhook_token.clone());
            }
            kept
        };
        kept.unwrap_or_else(|| self.add_outgoing_webhook(&url, events))
    }

    /// An administrator installs the application: `ONAPPINSTALL` goes to its installation path.
    /// Answers what that said (0 = no connection).
    pub async fn install(&self, url: &str) -> u16 {
        self.portal().installed = true;
        let data = json!({"VERSION": 1, "ACTIVE": "Y", "INSTALLED": "Y", "LANGUAGE_ID": "ru"});
        self.tell_application(url, "ONAPPINSTALL", data).await
    }

    /// The administrator removes it: access is gone before `ONAPPUNINSTALL` goes out.
    pub async fn uninstall(&self, url: &str) -> u16 {
        {
            let mut portal = self.portal();
            portal.installed = false;
            portal.handlers.retain(|handler| handler.webhook_token.is_some());
            portal.access.iter_mut().for_each(|grant| grant.used = true);
            portal.refresh.iter_mut().for_each(|grant| grant.used = true);
        }
        let data = json!({"LANGUAGE_ID": "ru", "CLEAN": 1});
        self.tell_application(url, "ONAPPUNINSTALL", data).await
    }

    async fn tell_application(&self, url: &str, event: &str, data: Value) -> u16 {
        let handler = Handler {
            id: 1,
            event: event.to_owned(),
            url: url.to_owned(),
            auth_type: 0,
            offline: false,
            connector: String::new(),
            webhook_token: None,
        };
        let caller = Caller { user: USER_ADMIN, door: Door::Hand, connector: String::new() };
        let event = Event { name: event.to_owned(), data };
        let delivery = {
            let mut portal = self.portal();
            let made = deliver::delivery(self, &mut portal, &caller, &handler, &event);
            deliver::write_down(&mut portal, std::slice::from_ref(&made));
            made
        };
        let id = delivery.id;
        deliver::once(self.clone(), delivery).await;
        let portal = self.portal();
        let sent = portal.deliveries.iter().find(|one| one.id == id);
        sent.and_then(|one| one.status).unwrap_or_default()
    }
}
