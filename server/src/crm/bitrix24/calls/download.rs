//! Files of the portal. They are asked for by method and ids, or by a link of an answer that leads to
//! the portal itself: an answer never sends us anywhere else.

use url::Url;

use crate::crm::bitrix24::access::hosts;
use crate::crm::bitrix24::calls::client::{BitrixCalls, address};
use crate::crm::bitrix24::calls::error::{of_answer, of_page};
use crate::crm::error::CallError;
use crate::crm::exchange::Outcome;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_DISPOSITION, HeaderValue, REFERER};
use secrecy::ExposeSecret as _;
use serde_json::Value;

impl BitrixCalls<'_> {
    /// The bytes that a method gives, such as `catalog.product.download`; at most `most`.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::Garbage`] where there are more.
    pub(crate) async fn download(
        &self,
        method: &str,
        params: &[(&str, &str)],
        most: usize,
    ) -> Result<Vec<u8>, CallError> {
        let key = self.client.door().key().await?;
        let mut url = address(&key, method)?;
        url.query_pairs_mut().extend_pairs(params);
        if let Some(auth) = &key.auth {
            url.query_pairs_mut().append_pair("auth", auth.expose_secret());
        }
        self.fetch(url, most).await
    }

    /// The bytes behind a link of the portal's own; at most `most`.
    ///
    /// # Errors
    /// See [`CallError`]; a link that leads elsewhere is refused without a call.
    pub(crate) async fn download_from(
        &self,
        link: &str,
        most: usize,
    ) -> Result<Vec<u8>, CallError> {
        self.fetch(self.own(link).await?, most).await
    }

    /// The same with the name that the portal gives the file, where it gives one.
    ///
    /// # Errors
    /// As [`BitrixCalls::download_from`].
    pub(crate) async fn download_named(
        &self,
        link: &str,
        most: usize,
    ) -> Result<(Option<String>, Vec<u8>), CallError> {
        let outcome = self.outcome(self.own(link).await?, most).await;
        let name = outcome.headers.get(CONTENT_DISPOSITION).and_then(named);
        Ok((name, sort(outcome, self.client.door().is_webhook())?))
    }

    /// A link of the portal's own.
    async fn own(&self, link: &str) -> Result<Url, CallError> {
        let key = self.client.door().key().await?;
        let url = hosts::origin(&key.base).join(link).map_err(|_| foreign())?;
        if url.origin() == key.base.origin() { Ok(url) } else { Err(foreign()) }
    }

    async fn fetch(&self, url: Url, most: usize) -> Result<Vec<u8>, CallError> {
        sort(self.outcome(url, most).await, self.client.door().is_webhook())
    }

    /// In its turn like any call; what is fetched is not kept with an attempt.
    async fn outcome(&self, url: Url, most: usize) -> Outcome {
        let way = self.way();
        way.limiter.wait(way.urgency).await;
        // Its web server answers 404 to whom it takes for a robot (general-principles).
        let home = hosts::origin(&url);
        let request = self
            .client
            .http()
            .get(url)
            .header(ACCEPT, "image/*,*/*;q=0.8")
            .header(ACCEPT_LANGUAGE, "ru,en;q=0.8")
            .header(REFERER, home.as_str());
        Outcome::of(request, most).await
    }
}

/// The name of a file, as RFC 6266 writes it: in UTF-8, else as it stands.
fn named(header: &HeaderValue) -> Option<String> {
    let said = std::str::from_utf8(header.as_bytes()).ok()?;
    let parts = || said.split(';').map(str::trim);
    let encoded = parts().find_map(|part| {
        let name = part.strip_prefix("filename*=")?;
        let (_, name) = name.split_once("''")?;
        // A plus is a plus here.
        let name = format!("n={}", name.replace('+', "%2B"));
        form_urlencoded::parse(name.as_bytes()).next().map(|(_, name)| name.into_owned())
    });
    let plain = || parts().find_map(|part| Some(part.strip_prefix("filename=")?.trim_matches('"')));
    encoded.or_else(|| plain().map(str::to_owned)).filter(|name| !name.is_empty())
}

fn foreign() -> CallError {
    let words = "the file lies outside of the portal".to_owned();
    CallError::Rejected { status: 0, code: None, words }
}

fn sort(outcome: Outcome, by_webhook: bool) -> Result<Vec<u8>, CallError> {
    let Some(status) = outcome.status else {
        return Err(outcome.broken.unwrap_or(CallError::Garbage));
    };
    if status.is_redirection() {
        return Err(foreign());
    }
    let refusal = serde_json::from_slice::<Value>(&outcome.body).ok();
    match refusal.filter(|answer| answer.get("error").is_some_and(|error| !error.is_null())) {
        Some(answer) => Err(of_answer(status.as_u16(), &answer, by_webhook)),
        None if !status.is_success() => Err(of_page(status, &outcome.body)),
        None => match outcome.broken {
            Some(broken) => Err(broken),
            None => Ok(outcome.body),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::crm::NoRecord;
    use crate::crm::error::CallError;
    use crate::crm::fake::{FakeCrm, answer};

    const MOST: usize = 100;

    #[tokio::test]
    async fn a_file_comes_by_ids_and_no_more_of_it_than_is_wanted() {
        let refusal = json!({"error": 200040300020_i64, "error_description": "not found"});
        let refusal = refusal.to_string();
        let fake = FakeCrm::start(vec![
            answer("200 OK", "", "bytes"),
            answer("200 OK", "", &"x".repeat(MOST + 1)),
            answer("400 Bad", "", &refusal),
            answer("200 OK", "", &refusal),
            answer("502 Bad", "", "<html>"),
            answer("302 Found", "location: https://evil.example.com/x\r\n", ""),
        ])
        .await;
        let client = fake.bitrix24();
        let get = async || {
            let params = [("fields[fileId]", "64")];
            client.calls(&NoRecord).download("catalog.product.download", &params, MOST).await
        };
        assert_eq!(get().await.unwrap(), b"bytes");
        assert_eq!(get().await, Err(CallError::Garbage), "too large");
        for _ in 0..2 {
            assert!(matches!(get().await, Err(CallError::Rejected { .. })), "gone there");
        }
        assert_eq!(get().await, Err(CallError::ServerError { status: 502 }));
        assert!(matches!(get().await, Err(CallError::Rejected { .. })), "not followed");
        let request = &fake.requests()[0];
        let path = "GET /rest/1/c0de/catalog.product.download?fields%5BfileId%5D=64 HTTP";
        assert!(request.starts_with(path), "{request}");
        assert_eq!(fake.requests().len(), 6);
    }

    #[test]
    fn a_file_bears_the_name_that_the_portal_gives_it() {
        let of = |said: &str| super::named(&said.parse().unwrap());
        let both = "attachment; filename=\"smeta.pdf\"; filename*=utf-8''%D0%A1+1%20%D1%82.pdf";
        assert_eq!(of(both).as_deref(), Some("С+1 т.pdf"));
        assert_eq!(of("attachment; filename=\"a.pdf\"").as_deref(), Some("a.pdf"));
        assert_eq!(of("attachment"), None);
    }

    #[tokio::test]
    async fn a_link_is_followed_within_the_portal_alone() {
        let fake = FakeCrm::start(vec![answer("200 OK", "", "bytes")]).await;
        let client = fake.bitrix24();
        let get = async |link: &str| client.calls(&NoRecord).download_from(link, MOST).await;
        assert_eq!(get("/bitrix/download.php?fileId=1&auth=t").await.unwrap(), b"bytes");
        for foreign in [
            "https://evil.example.com/x",
            "//evil.example.com/x",
            "http://169.254.169.254/latest",
            "http://127.0.0.1:1/x",
            "file:///etc/passwd",
            "http://user@127.0.0.1:1/",
        ] {
            assert!(matches!(get(foreign).await, Err(CallError::Rejected { .. })), "{foreign}");
        }
        assert_eq!(fake.requests().len(), 1, "nobody else is called");
    }
}
