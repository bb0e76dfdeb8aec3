//! Which answers of amoCRM mean which cause.

use reqwest::StatusCode;

pub use crate::crm::fault::AccessFault;

use AccessFault as F;

/// What `hint` of an answer of `/oauth2/access_token` means; titles and details are translated
/// there and tell nothing. Seen by others in the wild, save the two of the refresh token's end,
/// which are those of the library that amoCRM uses.
const HINTS: &[(&str, AccessFault)] = &[
    ("Cannot decrypt the authorization code", F::CodeUnreadable),
    ("Authorization code has expired", F::CodeExpired),
    ("Authorization code has been revoked", F::CodeUsed),
    ("Authorization code was not issued to this client", F::OtherClient),
    ("Redirect URI is not associated with client", F::RedirectMismatch),
    ("Invalid redirect URI", F::RedirectMismatch),
    ("Invalid account", F::AccountUnknown),
    ("Check the `", F::Incomplete),
    ("Token has been revoked", F::Revoked),
    ("Token is not linked to client", F::OtherClient),
    ("Token has expired", F::RefreshExpired),
    ("Cannot decrypt the refresh token", F::RefreshExpired),
];

/// What a refusal of the token's address means.
#[must_use]
pub(crate) fn of_refusal(status: StatusCode, hint: Option<&str>) -> AccessFault {
    let known = hint.and_then(|hint| HINTS.iter().find(|(start, _)| hint.starts_with(start)));
    match (known, status.as_u16(), hint) {
        (Some((_, fault)), ..) => *fault,
        // Without a hint it is the client that is not believed.
        (None, 401, None) => F::IncorrectClient,
        (None, 404, _) => F::AccountUnknown,
        _ => F::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typical_errors_are_told_apart() {
        let of = |status: u16, body: &str| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            let status = StatusCode::from_u16(status).unwrap();
            of_refusal(status, body["hint"].as_str())
        };
        macro_rules! fixture {
            ($name:literal) => {
                include_str!(concat!("../../../../../tests/fixtures/amocrm/errors/", $name))
            };
        }
        let unreadable = fixture!("oauth_400_code_cannot_decrypt.json");
        assert_eq!(of(400, unreadable), AccessFault::CodeUnreadable);
        assert_eq!(of(400, fixture!("oauth_400_code_expired.json")), AccessFault::CodeExpired);
        assert_eq!(of(400, fixture!("oauth_400_code_reused.json")), AccessFault::CodeUsed);
        let client = fixture!("oauth_401_incorrect_client.json");
        assert_eq!(of(401, client), AccessFault::IncorrectClient);
        assert_eq!(of(401, fixture!("oauth_401_refresh_revoked.json")), AccessFault::Revoked);
        assert_eq!(of(400, r#"{"hint":"Something new"}"#), AccessFault::Unknown);
        assert_eq!(of(404, "{}"), AccessFault::AccountUnknown);
        let missing = r#"{"hint":"Check the `client_id` parameter"}"#;
        assert_eq!(of(400, missing), AccessFault::Incomplete);
    }
}
