//! What a person does about access: allows or refuses it, presses the button of an external
//! integration, disables one.

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::amocrm::account::Integration;
use crate::amocrm::core::Amocrm;
use crate::amocrm::oauth;

/// `GET /oauth`: the page with «Разрешить».
pub(crate) async fn page(RawQuery(query): RawQuery) -> Html<String> {
    let query = query.unwrap_or_default().replace(['"', '<', '>'], "");
    let link = |answer: &str, words: &str| {
        format!("<p><a href=\"/oauth/answer?{query}&amp;answer={answer}\">{words}</a></p>")
    };
    Html(format!(
        "<!doctype html><meta charset=\"utf-8\"><title>amoCRM</title><h1>Доступ к аккаунту</h1>{}{}",
        link("allow", "Разрешить"),
        link("deny", "Отмена")
    ))
}

/// `GET /oauth/answer`: back to the integration.
pub(crate) async fn answer(State(amo): State<Amocrm>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let allowed = query.contains("answer=allow");
    match amo.consent(&format!("http://sandbox/oauth?{query}"), allowed) {
        Some(back) => Redirect::to(&back).into_response(),
        None => Html("no such integration").into_response(),
    }
}

impl Amocrm {
    /// An administrator opens an address of consent and allows it, or not: where the browser goes
    /// next. `None` where the integration is not known.
    pub fn consent(&self, address: &str, allowed: bool) -> Option<String> {
        let (_, query) = address.split_once('?')?;
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
        let client = value("client_id")?;
        let redirect_uri = self.redirect_uri(client)?;
        let state = value("state").unwrap_or_default();
        let mut back = form_urlencoded::Serializer::new(String::new());
        if !allowed {
            back.append_pair("error", "access_denied").append_pair("state", state);
            return Some(format!("{redirect_uri}?{}", back.finish()));
        }
        self.revoke_access(false);
        let referer = format!("{}.amocrm.ru", self.options().subdomain);
        let referer = self.account().moved_to.clone().unwrap_or(referer);
        back.append_pair("code", &self.issue_code()).append_pair("referer", &referer);
        back.append_pair("platform", "1").append_pair("client_id", client);
        if !state.is_empty() {
            back.append_pair("state", state);
        }
        Some(format!("{redirect_uri}?{}", back.finish()))
    }

    /// A person presses the button of an external integration: the integration is made, told to
    /// `secrets_uri`, and the browser goes on. Answers the status of that webhook and where to.
    ///
    /// # Errors
    /// When `secrets_uri` does not answer.
    pub async fn press_button(
        &self,
        secrets_uri: &str,
        redirect_uri: &str,
        state: &str,
    ) -> reqwest::Result<(u16, String)> {
        let (id, secret) = self.by_hand(|change| {
            let number = change.next_id();
            let id = format!("0f3c1a52-7d84-4c1e-9a55-{number:012x}");
            let secret = format!("button-{}", oauth::secret(change));
            let redirect_uri = redirect_uri.to_owned();
            let made = Integration { secret: secret.clone(), redirect_uri };
            change.account.integrations.insert(id.clone(), made);
            (id, secret)
        });
        let told = json!({ "client_id": id, "client_secret": secret, "state": state });
        let status = self.http().post(secrets_uri).json(&told).send().await?.status().as_u16();
        let asked = format!("http://sandbox/oauth?client_id={id}&state={state}");
        Ok((status, self.consent(&asked, true).unwrap_or_default()))
    }

    /// The query of the hook about a disabled integration, signed with its secret.
    pub fn disabled_hook(&self) -> String {
        let (client, account) = (&self.options().client, self.options().account_id);
        let message = format!("{}|{account}", client.id);
        let mut mac = Hmac::<Sha256>::new_from_slice(client.secret.as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(message.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        format!("account_id={account}&client_uuid={}&signature={signature}", client.id)
    }

    fn redirect_uri(&self, client: &str) -> Option<String> {
        let own = &self.options().client;
        if client == own.id {
            return Some(own.redirect_uri.clone());
        }
        self.account().integrations.get(client).map(|made| made.redirect_uri.clone())
    }
}
