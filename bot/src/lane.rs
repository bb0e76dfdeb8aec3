//! Which queue an update stands in, told from its raw JSON before anything else is understood.

use serde_json::Value;

/// The update's id, and its lane: updates of one chat are worked on in order, chats beside each
/// other. `None` for what is no update.
pub fn update_lane(raw: &Value) -> Option<(i64, String)> {
    let id = raw.get("update_id")?.as_i64()?;
    // Every kind of update is one object beside the id.
    let body = raw.as_object()?.iter().find(|(name, _)| *name != "update_id").map(|(_, body)| body);
    let lane = body
        .and_then(|body| {
            let chat = body.get("chat").or_else(|| body.get("message")?.get("chat"));
            chat.or_else(|| body.get("from")).or_else(|| body.get("user"))?.get("id")?.as_i64()
        })
        .map_or_else(|| "none".to_owned(), |chat| chat.to_string());
    Some((id, lane))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn updates_of_one_chat_share_a_lane() {
        let message = json!({"update_id": 7, "message": {"message_id": 1, "chat": {"id": 55}}});
        assert_eq!(update_lane(&message), Some((7, "55".to_owned())));
        let press = json!({"update_id": 8, "callback_query": {
            "id": "1", "from": {"id": 55}, "message": {"message_id": 1, "chat": {"id": 55}}}});
        assert_eq!(update_lane(&press), Some((8, "55".to_owned())));
        let inline = json!({"update_id": 9, "inline_query": {"id": "1", "from": {"id": 55}}});
        assert_eq!(update_lane(&inline), Some((9, "55".to_owned())));
        let blocked =
            json!({"update_id": 10, "my_chat_member": {"chat": {"id": -5}, "from": {"id": 1}}});
        assert_eq!(update_lane(&blocked), Some((10, "-5".to_owned())));
    }

    #[test]
    fn what_is_no_update_has_no_lane() {
        for raw in [json!(null), json!([]), json!({"message": {}}), json!({"update_id": "x"})] {
            assert_eq!(update_lane(&raw), None, "{raw}");
        }
        assert_eq!(update_lane(&json!({"update_id": 3})), Some((3, "none".to_owned())));
    }
}
