//! How secrets lie in the database: sealed with a key that is not in it.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use secrecy::{ExposeSecret as _, SecretString};

/// Separates this key from the others that come from `SECRET_KEY`.
const PURPOSE: &[u8] = b"mypark credentials v1";

/// Seals and opens secrets: ChaCha20-Poly1305 (RFC 8439) with a key that HKDF-SHA256 (RFC 5869)
/// derives from `SECRET_KEY`.
#[derive(Clone)]
pub struct Seal {
    key: LessSafeKey,
}

impl Seal {
    /// Takes the bytes of `SECRET_KEY`.
    pub fn new(secret_key: &[u8; 32]) -> Seal {
        let material = hkdf::Salt::new(hkdf::HKDF_SHA256, PURPOSE).extract(secret_key);
        let derived = material.expand(&[b"tokens"], &CHACHA20_POLY1305);
        let key = UnboundKey::from(derived.expect("HKDF gives 32 bytes"));
        Seal { key: LessSafeKey::new(key) }
    }

    /// Seals a secret for one place: nonce, ciphertext, tag. In another place it does not open, so
    /// rows cannot be swapped.
    pub fn seal(&self, place: &str, secret: &SecretString) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE_LEN];
        // Random: a few pairs a day never come near the 2^32 at which 96 bits begin to repeat.
        getrandom::fill(&mut nonce).expect("the system has a random source");
        let mut sealed = secret.expose_secret().as_bytes().to_vec();
        let aad = Aad::from(place.as_bytes());
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .expect("a token is shorter than the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for the same place; `None` where key or place are others, or a bit was
    /// changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<SecretString> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut opened = sealed.to_vec();
        let aad = Aad::from(place.as_bytes());
        let plain =
            self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut opened).ok()?;
        std::str::from_utf8(plain).ok().map(SecretString::from)
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(***)")
    }
}

/// Whether `signature` (hex) is the HMAC-SHA256 of `message` under `secret`, compared in constant
/// time.
pub fn is_signed(secret: &SecretString, message: &str, signature: &str) -> bool {
    let Ok(signature) = hex::decode(signature) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    hmac::verify(&key, message.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_in_its_place_and_whole() {
        let seal = Seal::new(&[7; 32]);
        let sealed = seal.seal("amo:access", &"t0ken".into());
        let opened = |seal: &Seal, place: &str, bytes: &[u8]| {
            seal.open(place, bytes).map(|secret| secret.expose_secret().to_owned())
        };
        assert_eq!(opened(&seal, "amo:access", &sealed).as_deref(), Some("t0ken"));
        assert_eq!(opened(&Seal::new(&[8; 32]), "amo:access", &sealed), None);
        assert_eq!(opened(&seal, "amo:refresh", &sealed), None);
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(opened(&seal, "amo:access", &bent), None, "byte {at}");
        }
        assert_eq!(opened(&seal, "amo:access", &sealed[..5]), None);
        assert!(!sealed.windows(5).any(|window| window == b"t0ken"));
        assert_ne!(seal.seal("amo:access", &"t0ken".into()), sealed, "no two look alike");
    }

    /// The documentation's own formula over an invented account: `{client_uuid}|{account_id}`.
    #[test]
    fn a_signature_is_checked() {
        let secret = SecretString::from("NOT_A_REAL_SECRET");
        let message = "0f3c1a52-7d84-4c1e-9a55-2f6f5f1b7c10|31000001";
        let signature = "489e711f341241004145e36b7805ffabd0e929b63782efd1fd416714798730aa";
        assert!(is_signed(&secret, message, signature));
        assert!(!is_signed(&secret, "0f3c1a52-7d84-4c1e-9a55-2f6f5f1b7c10|31000002", signature));
        assert!(!is_signed(&"another".into(), message, signature));
        for wrong in ["", "zz", &signature[2..]] {
            assert!(!is_signed(&secret, message, wrong), "{wrong}");
        }
    }
}
