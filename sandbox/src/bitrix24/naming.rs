//! What fields are called in the two families of methods: `crm.deal.*` (UPPER_CASE) and `crm.item.*`
//! (camelCase).

/// `ASSIGNED_BY_ID` → `assignedById`, `UF_CRM_3_DIGIT` → `ufCrm3Digit`
/// (`reference/bitrix24.md` §3.5).
pub(crate) fn item_name(name: &str) -> String {
    match name {
        "STATUS_ID" => return "stageId".to_owned(),
        "STATUS_SEMANTIC_ID" => return "stageSemanticId".to_owned(),
        "DATE_CREATE" => return "createdTime".to_owned(),
        "DATE_MODIFY" => return "updatedTime".to_owned(),
        "CREATED_BY_ID" => return "createdBy".to_owned(),
        "MODIFY_BY_ID" => return "updatedBy".to_owned(),
        "MOVED_BY_ID" => return "movedBy".to_owned(),
        _ => {}
    }
    match name.strip_prefix("UF_CRM_") {
        Some(tail) => user_name(tail),
        None => camel(name),
    }
}

fn user_name(tail: &str) -> String {
    let (type_id, rest) = match tail.split_once('_') {
        Some((first, rest)) if first.bytes().all(|byte| byte.is_ascii_digit()) => (first, rest),
        _ => ("", tail),
    };
    let letters = rest.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphabetic());
    if letters {
        let words = rest.split('_').map(capital);
        format!("ufCrm{type_id}{}", words.collect::<String>())
    } else {
        format!("ufCrm{type_id}_{rest}")
    }
}

fn camel(name: &str) -> String {
    let words = name.split('_').enumerate();
    let words = words.map(|(at, word)| if at == 0 { word.to_lowercase() } else { capital(word) });
    words.collect()
}

fn capital(word: &str) -> String {
    let word = word.to_lowercase();
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_call_fields_as_the_reference_says() {
        for (old, new) in [
            ("ASSIGNED_BY_ID", "assignedById"),
            ("UF_CRM_3_DIGIT", "ufCrm3Digit"),
            ("UF_CRM_3_1747309727", "ufCrm3_1747309727"),
            ("UF_CRM_1747309879", "ufCrm_1747309879"),
            ("UF_CRM_SPEC", "ufCrmSpec"),
            ("UF_CRM_SPEC2", "ufCrm_SPEC2"),
            ("UTM_SOURCE", "utmSource"),
            ("STATUS_ID", "stageId"),
        ] {
            assert_eq!(item_name(old), new);
        }
    }
}
