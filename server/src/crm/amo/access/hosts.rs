//! Which hosts are amoCRM's. A redirect and an answer name hosts, and the integration's secret goes
//! there next: nothing is believed that is not under their domains.

use url::Url;

/// The domains that accounts stand under.
const DOMAINS: [&str; 3] = ["amocrm.ru", "amocrm.com", "kommo.com"];

/// The address of a host that amoCRM named: `[a-z0-9-]+` under one of its domains. Where the
/// configuration points to this very machine (tests, the demo), a port of it and nothing else.
pub(crate) fn trusted(host: &str, configured: &Url) -> Option<Url> {
    if is_local(configured) {
        let other = Url::parse(&format!("http://{host}")).ok().filter(is_local)?;
        let plain = other.path() == "/" && other.query().is_none() && other.username().is_empty();
        return plain.then_some(other);
    }
    is_account(host).then(|| Url::parse(&format!("https://{host}")).ok()).flatten()
}

/// Whether it reads as the host of an account.
pub(crate) fn is_account(host: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    DOMAINS.iter().any(|domain| {
        host.strip_suffix(domain)
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|label| !label.is_empty() && label.bytes().all(known))
    })
}

/// Whether an address is of this very machine.
pub(crate) fn is_local(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// Where a person consents: the common host of the account's domain.
pub(crate) fn consent_base(account: &Url) -> Url {
    if is_local(account) {
        return account.clone();
    }
    let host = account.host_str().unwrap_or_default();
    let domain = DOMAINS.into_iter().find(|domain| host.ends_with(domain)).unwrap_or(DOMAINS[0]);
    Url::parse(&format!("https://www.{domain}")).unwrap_or_else(|_| account.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_of_amocrm_get_the_secret() {
        let ours = Url::parse("https://shop.amocrm.ru").unwrap();
        let good = |host: &str| trusted(host, &ours).map(|url| url.to_string());
        assert_eq!(good("shop.amocrm.ru").as_deref(), Some("https://shop.amocrm.ru/"));
        assert_eq!(good("new-shop.kommo.com").as_deref(), Some("https://new-shop.kommo.com/"));
        for forged in [
            "amocrm.ru",
            ".amocrm.ru",
            "evil.example.com",
            "shop.amocrm.ru.evil.com",
            "evilamocrm.ru",
            "a.b.amocrm.ru",
            "shop.amocrm.ru:8443",
            "shop.amocrm.ru/x",
            "user@shop.amocrm.ru",
            "SHOP.amocrm.ru",
            "127.0.0.1:1",
            "shop.amocrm.ru\n",
            "",
        ] {
            assert_eq!(good(forged), None, "{forged:?}");
        }
    }

    #[test]
    fn this_machine_is_trusted_only_where_it_is_configured() {
        let local = Url::parse("http://127.0.0.1:7001").unwrap();
        assert!(trusted("127.0.0.1:7002", &local).is_some());
        for forged in ["shop.amocrm.ru", "127.0.0.1:7002/x", "127.0.0.1@evil.com", "evil.com"] {
            assert!(trusted(forged, &local).is_none(), "{forged}");
        }
        assert_eq!(consent_base(&local), local);
        let base = |url: &str| consent_base(&Url::parse(url).unwrap()).to_string();
        assert_eq!(base("https://shop.amocrm.ru"), "https://www.amocrm.ru/");
        assert_eq!(base("https://shop.kommo.com"), "https://www.kommo.com/");
    }
}
