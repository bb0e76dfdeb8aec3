//! A form with bracketed keys, unfolded tolerantly: webhooks come so, and not always in one piece.

use std::collections::BTreeMap;

/// Bodies above this are refused; a bulk edit of 50 deals is far below.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Pairs beyond these are left out.
pub(crate) const PAIRS_LIMIT: usize = 50_000;

/// Keys with more segments than these are left out; a field of a deal has eight.
pub(crate) const DEPTH_LIMIT: usize = 16;

/// Why a body cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// Larger than [`BODY_LIMIT`].
    #[error("the body is larger than {BODY_LIMIT} bytes")]
    TooLarge,
}

/// A form with its bracketed keys unfolded: maps with text keys, texts as leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Leaf(String),
    Map(BTreeMap<String, Node>),
}

/// Unfolds the form; also how many pairs were left out.
pub(crate) fn unfold(body: &[u8]) -> Result<(BTreeMap<String, Node>, usize), HookError> {
    if body.len() > BODY_LIMIT {
        return Err(HookError::TooLarge);
    }
    let mut root = Node::Map(BTreeMap::new());
    let mut skipped = 0;
    for (at, (key, value)) in form_urlencoded::parse(body).enumerate() {
        match segments(&key) {
            Some(path) if at < PAIRS_LIMIT => root.insert(&path, &value),
            _ => skipped += 1,
        }
    }
    match root {
        Node::Map(tree) => Ok((tree, skipped)),
        Node::Leaf(_) => Ok((BTreeMap::new(), skipped)),
    }
}

/// Takes `a[b][c]` apart; `None` for a key that is broken or too deep.
fn segments(key: &str) -> Option<Vec<&str>> {
    let (first, mut rest) = match key.find('[') {
        Some(at) => key.split_at(at),
        None => (key, ""),
    };
    if first.is_empty() {
        return None;
    }
    let mut path = vec![first];
    while !rest.is_empty() {
        let (segment, after) = rest.strip_prefix('[')?.split_once(']')?;
        path.push(segment);
        rest = after;
    }
    (path.len() <= DEPTH_LIMIT).then_some(path)
}

impl Node {
    /// Puts a value where its path leads. Where a text stands in the way of a map, or the other way
    /// round, the later one wins, as it does in PHP.
    fn insert(&mut self, path: &[&str], value: &str) {
        let mut node = self;
        for segment in path {
            if matches!(node, Self::Leaf(_)) {
                *node = Self::Map(BTreeMap::new());
            }
            let Self::Map(map) = node else { return };
            // `a[]` means the next free index.
            let key =
                if segment.is_empty() { map.len().to_string() } else { (*segment).to_owned() };
            node = map.entry(key).or_insert_with(|| Self::Leaf(String::new()));
        }
        *node = Self::Leaf(value.to_owned());
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(key),
            Self::Leaf(_) => None,
        }
    }

    pub(crate) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.get(key).is_some())
    }

    pub(crate) fn leaf(&self) -> Option<&str> {
        match self {
            Self::Leaf(text) => Some(text),
            Self::Map(_) => None,
        }
    }

    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.leaf().and_then(parse_number)
    }

    /// Members by index: 2 before 10, and texts after numbers.
    pub(crate) fn in_order(&self) -> Vec<&Self> {
        let Self::Map(map) = self else { return Vec::new() };
        let mut members: Vec<_> = map.iter().collect();
        members.sort_by_key(|(key, _)| key.parse::<u64>().unwrap_or(u64::MAX));
        members.into_iter().map(|(_, node)| node).collect()
    }
}

/// A whole number in a text; `None` for anything else, the empty text included.
pub(crate) fn parse_number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}
