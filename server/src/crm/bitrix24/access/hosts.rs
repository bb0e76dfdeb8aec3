//! Which hosts are Bitrix24's. A redirect, an answer and an event name hosts, and our key goes
//! there next: nothing is believed that is not under their domains, or configured.

use url::Url;

/// The domains that portals of the cloud stand under.
const DOMAINS: [&str; 17] = [
    "bitrix24.ru",
    "bitrix24.by",
    "bitrix24.kz",
    "bitrix24.uz",
    "bitrix24.com",
    "bitrix24.eu",
    "bitrix24.de",
    "bitrix24.es",
    "bitrix24.fr",
    "bitrix24.it",
    "bitrix24.pl",
    "bitrix24.in",
    "bitrix24.cn",
    "bitrix24.jp",
    "bitrix24.vn",
    "bitrix24.com.br",
    "bitrix24.com.tr",
];

/// The authorization servers of the regions.
const OAUTH: [&str; 2] = ["oauth.bitrix24.tech", "oauth.bitrix.info"];

/// Scheme and host of an address, where it may be a portal of ours: the configured one itself, or
/// one of the cloud. Where the configuration points to this very machine (tests, the demo), another
/// port of it and nothing else.
pub(crate) fn trusted(url: &Url, configured: &Url) -> Option<Url> {
    let plain = url.username().is_empty() && url.password().is_none();
    let believed = match is_local(configured) {
        true => is_local(url),
        false => url.origin() == configured.origin() || is_portal(url),
    };
    (plain && believed).then(|| origin(url))
}

/// The same for a bare host, as redirects and events name it.
pub(crate) fn trusted_host(host: &str, configured: &Url) -> Option<Url> {
    let scheme = if is_local(configured) { "http" } else { "https" };
    let url = Url::parse(&format!("{scheme}://{host}")).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    bare.then(|| trusted(&url, configured)).flatten()
}

/// Whether it is the address of a portal of the cloud.
pub(crate) fn is_portal(url: &Url) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let host = url.host_str().unwrap_or_default();
    let under = |domain: &&str| {
        let label = host.strip_suffix(*domain).and_then(|rest| rest.strip_suffix('.'));
        label.is_some_and(|label| !label.is_empty() && label.bytes().all(known))
    };
    url.scheme() == "https" && url.port().is_none() && DOMAINS.iter().any(under)
}

/// The authorization server that an answer names, where it is one of Bitrix24's or the configured
/// one: our secret goes there.
pub(crate) fn oauth_server(named: &str, configured: &Url) -> Option<Url> {
    let url = Url::parse(named).or_else(|_| Url::parse(&format!("https://{named}"))).ok()?;
    if url.origin() == configured.origin() {
        return Some(origin(&url));
    }
    let known = url.host_str().is_some_and(|host| OAUTH.contains(&host));
    let secure = url.scheme() == "https" && url.port().is_none();
    (known && secure && !is_local(configured)).then(|| origin(&url))
}

/// Whether an address is of this very machine.
pub(crate) fn is_local(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// Scheme, host and port alone.
pub(crate) fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin.set_query(None);
    origin.set_fragment(None);
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_portals_get_the_key() {
        let ours = url("https://rosa-test.bitrix24.ru/rest/1/code/");
        let good = |text: &str| trusted(&url(text), &ours).map(|url| url.to_string());
        let renamed = good("https://rosa-new.bitrix24.ru/rest/1/code/profile");
        assert_eq!(renamed.as_deref(), Some("https://rosa-new.bitrix24.ru/"));
        assert!(good("https://rosa-test.bitrix24.ru/x").is_some());
        assert!(good("https://rosa.bitrix24.com.br/").is_some());
        for forged in [
            "https://bitrix24.ru/",
            "https://evil.example.com/",
            "https://rosa.bitrix24.ru.evil.com/",
            "https://evilbitrix24.ru/",
            "https://a.b.bitrix24.ru/",
            "https://rosa.bitrix24.ru:8443/",
            "https://user@rosa.bitrix24.ru/",
            "http://rosa.bitrix24.ru/",
            "http://127.0.0.1:1/",
        ] {
            assert_eq!(good(forged), None, "{forged}");
        }
        assert!(trusted_host("rosa.bitrix24.ru", &ours).is_some());
        for forged in ["rosa.bitrix24.ru/x", "rosa.bitrix24.ru?x", "evil.com", "", "a b"] {
            assert!(trusted_host(forged, &ours).is_none(), "{forged}");
        }
    }

    #[test]
    fn a_portal_of_ones_own_is_trusted_as_configured() {
        let ours = url("https://crm.factory.example/rest/1/code/");
        assert!(trusted(&url("https://crm.factory.example/rest/x"), &ours).is_some());
        assert!(trusted(&url("https://other.factory.example/rest/x"), &ours).is_none());
    }

    #[test]
    fn this_machine_is_trusted_only_where_it_is_configured() {
        let local = url("http://127.0.0.1:7001");
        assert!(trusted_host("127.0.0.1:7002", &local).is_some());
        assert!(trusted_host("rosa.bitrix24.ru", &local).is_none());
        assert!(trusted(&url("http://evil.com"), &local).is_none());
    }

    #[test]
    fn the_secret_goes_to_authorization_servers_alone() {
        let ours = url("https://oauth.bitrix24.tech");
        let good = |named: &str| oauth_server(named, &ours).map(|url| url.to_string());
        let info = Some("https://oauth.bitrix.info/");
        assert_eq!(good("https://oauth.bitrix.info/rest/").as_deref(), info);
        assert_eq!(good("oauth.bitrix.info").as_deref(), info);
        assert!(good("https://oauth.bitrix24.tech/rest/").is_some());
        for forged in
            ["https://evil.com/rest/", "http://oauth.bitrix.info/", "oauth.bitrix.info:1", ""]
        {
            assert_eq!(good(forged), None, "{forged}");
        }
    }
}
