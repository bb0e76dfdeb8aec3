//! A portal's goods as JSON, read leniently: the same value is a number in one method and a text in
//! another, a flag is `Y`, an empty map is a list.

use domain::Money;
use serde_json::Value;

/// Rows of an answer: under `container`, or the answer itself.
pub(crate) fn rows<'v>(answer: &'v Value, container: &str) -> &'v [Value] {
    let rows = answer.get(container).unwrap_or(answer);
    rows.as_array().map_or(&[], Vec::as_slice)
}

/// A text that is not empty.
pub(crate) fn text(row: &Value, name: &str) -> Option<String> {
    let value = row.get(name)?;
    // A property of a product comes with an id of its value, and in a list where it has several.
    let value = value.as_array().and_then(|all| all.first()).unwrap_or(value);
    let value = value.get("value").unwrap_or(value);
    match value {
        Value::String(text) => domain::text::clean(text, 4000),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number.
pub(crate) fn int(row: &Value, name: &str) -> Option<i64> {
    match row.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Pieces: what is oversold is none.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what an i64 holds")]
pub(crate) fn pieces(row: &Value, name: &str) -> Option<i64> {
    let count: f64 = match row.get(name)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    count.is_finite().then(|| count.clamp(0.0, 1e9).floor() as i64)
}

/// A price in roubles; another currency and nought are «по запросу», for nobody may guess a rate.
///
/// # Errors
/// The value as it stands, where it is no amount.
pub(crate) fn price(row: &Value, amount: &str, currency: &str) -> Result<Option<Money>, String> {
    let Some(said) = text(row, amount) else { return Ok(None) };
    // Two digits and then noughts, as PHP writes a float.
    let money = Money::parse_roubles(&said).ok_or(said)?;
    let ours = matches!(text(row, currency).as_deref(), None | Some("RUB" | "RUR"));
    Ok(Some(money).filter(|money| ours && money.as_kopecks() > 0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_families_of_methods_read_the_same() {
        let new = json!({"id": 7, "quantity": 2.9, "property258": {"value": "A-1", "valueId": "9"},
            "price": 1250.5, "currency": "RUB"});
        let old = json!({"ID": "7", "QUANTITY": "2.0000", "PROPERTY_258": [{"value": "A-1"}],
            "PRICE": "1250.50", "CURRENCY_ID": "RUB"});
        assert_eq!((int(&new, "id"), int(&old, "ID")), (Some(7), Some(7)));
        assert_eq!((pieces(&new, "quantity"), pieces(&old, "QUANTITY")), (Some(2), Some(2)));
        assert_eq!(text(&new, "property258"), text(&old, "PROPERTY_258"));
        let money = Some(Money::kopecks(125_050));
        assert_eq!(price(&new, "price", "currency"), Ok(money));
        assert_eq!(price(&old, "PRICE", "CURRENCY_ID"), Ok(money));
    }

    #[test]
    fn what_is_no_price_of_ours_is_on_request() {
        for row in [
            json!({"price": 10, "currency": "EUR"}),
            json!({"price": 0, "currency": "RUB"}),
            json!({"price": null}),
            json!({}),
        ] {
            assert_eq!(price(&row, "price", "currency"), Ok(None), "{row}");
        }
        assert!(price(&json!({"price": "-5"}), "price", "currency").is_err());
        assert_eq!(pieces(&json!({"quantity": -3}), "quantity"), Some(0));
        assert!(rows(&json!({"products": []}), "products").is_empty());
        assert_eq!(rows(&json!([1, 2]), "products").len(), 2);
    }
}
