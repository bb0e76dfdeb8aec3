//! Ranges of network addresses, as the file writes them: `203.0.113.0/24`, `2001:db8::/32`, or one
//! address.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// A range of addresses of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    bits: u8,
}

impl AddressRange {
    /// Reads a range; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<AddressRange> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let first: IpAddr = address.parse().ok()?;
        let widest = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(widest), |bits| bits.parse().ok())?;
        (bits <= widest).then_some(AddressRange { first, bits })
    }

    /// Whether the address lies in it. An IPv4 address in IPv6's clothes is what it is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let shift = u32::from(self.bits);
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - shift).unwrap_or(0);
                first.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(first), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - shift).unwrap_or(0);
                first.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// Reads a list of ranges; `name` is what the message calls it.
pub(crate) fn ranges(name: &str, written: &[String]) -> Result<Vec<AddressRange>, String> {
    let read = |text: &String| {
        let wrong = || format!("{name}: «{text}» is not a range like 203.0.113.0/24");
        AddressRange::parse(text).ok_or_else(wrong)
    };
    written.iter().map(read).collect()
}

/// A proxy on this very machine, which is where most of them stand.
pub(crate) fn loopback() -> Vec<AddressRange> {
    ["127.0.0.0/8", "::1"].into_iter().filter_map(AddressRange::parse).collect()
}

/// Who calls: `peer` at the other end of the connection, unless that is a proxy of ours. Then it
/// is the last address in `forwarded` (`X-Forwarded-For`) that is no proxy of ours: what stands
/// before it was written by the caller and proves nothing.
#[must_use]
pub(crate) fn caller(peer: IpAddr, forwarded: &str, proxies: &[AddressRange]) -> IpAddr {
    let ours = |address: IpAddr| proxies.iter().any(|range| range.contains(address));
    if !ours(peer) {
        return peer;
    }
    let mut caller = peer;
    for text in forwarded.rsplit(',') {
        let Ok(address) = text.trim().parse() else { break };
        caller = address;
        if !ours(address) {
            break;
        }
    }
    caller
}

/// Who sent a request: [`caller`] with what the headers say.
pub(crate) fn caller_of(peer: IpAddr, headers: &HeaderMap, proxies: &[AddressRange]) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let forwarded: Vec<&str> = forwarded.filter_map(|value| value.to_str().ok()).collect();
    caller(peer, &forwarded.join(","), proxies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        AddressRange::parse(text).unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn ranges_hold_what_they_should() {
        assert!(range("203.0.113.0/24").contains(ip("203.0.113.77")));
        assert!(!range("203.0.113.0/24").contains(ip("203.0.114.1")));
        assert!(range("203.0.113.5").contains(ip("::ffff:203.0.113.5")));
        assert!(!range("203.0.113.5").contains(ip("203.0.113.6")));
        assert!(range("0.0.0.0/0").contains(ip("8.8.8.8")));
        assert!(range("2001:db8::/32").contains(ip("2001:db8:1::1")));
        assert!(!range("2001:db8::/32").contains(ip("203.0.113.5")));
        for wrong in ["", "x", "1.2.3.4/33", "::1/129", "1.2.3.4/", "1.2.3/8"] {
            assert_eq!(AddressRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_caller_cannot_choose_their_address() {
        let proxies = [range("127.0.0.0/8"), range("10.0.0.0/8")];
        let who = |peer, forwarded| caller(ip(peer), forwarded, &proxies);
        assert_eq!(who("198.51.100.9", "203.0.113.5"), ip("198.51.100.9"), "no proxy of ours");
        assert_eq!(who("127.0.0.1", ""), ip("127.0.0.1"));
        assert_eq!(who("127.0.0.1", "203.0.113.5"), ip("203.0.113.5"));
        assert_eq!(who("127.0.0.1", "203.0.113.5, 198.51.100.9"), ip("198.51.100.9"));
        assert_eq!(who("127.0.0.1", "203.0.113.5, 198.51.100.9, 10.1.1.1"), ip("198.51.100.9"));
        assert_eq!(who("127.0.0.1", "203.0.113.5, junk"), ip("127.0.0.1"));
    }
}
