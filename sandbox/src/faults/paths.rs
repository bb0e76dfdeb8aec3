//! Which calls a plan is limited to.

/// Whether a call is among those that the rules name: parts of paths, each optionally after a
/// method; no rule names every call.
pub(super) fn within(rules: &[String], method: &str, path: &str) -> bool {
    rules.is_empty()
        || rules.iter().any(|rule| match rule.split_once(' ') {
            Some((wanted, part)) => wanted == method && holds(path, part),
            None => holds(path, rule),
        })
}

/// Whether a path holds this part; a `*` in it stands for anything.
fn holds(path: &str, part: &str) -> bool {
    let mut rest = path;
    part.split('*').all(|piece| {
        let after = rest.split_once(piece).map(|(_, after)| after);
        rest = after.unwrap_or_default();
        after.is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_a_part_of_a_path_after_a_method() {
        let within = |rule: &str| within(&[rule.to_owned()], "POST", "/api/v4/leads/5/link");
        for rule in ["/leads", "POST /leads", "POST /leads/*/link", "/link", "*/5/*"] {
            assert!(within(rule), "{rule}");
        }
        for rule in ["GET /leads", "POST /contacts", "POST /link*leads", "/leads/*/links"] {
            assert!(!within(rule), "{rule}");
        }
        assert!(super::within(&[], "GET", "/"));
    }
}
