//! What a webhook says itself of the entities in it. Nothing is changed by it: what counts is fetched.
//! A dry run that may ask nobody has no more to go by.

use std::collections::BTreeMap;

use domain::text::Phone;

use crate::crm::amo::connection::AmoConnection;
use crate::crm::amo::inbound::form::{Node, unfold};
use crate::crm::hear::facets::FOLLOWED;
use crate::crm::hear::{SaidField, TheirDeal, TheirFirm, TheirPerson};

impl AmoConnection {
    /// A deal as the webhook tells it; `None` where it tells no more than the move.
    pub(crate) fn told_deal(&self, body: &[u8], id: &str) -> Option<TheirDeal> {
        let tree = unfold(body).ok()?.0;
        let item = item(&tree, &["leads"], id, |_| true)?;
        item.get("name").or(item.get("custom_fields"))?;
        let word = |key: &str| item.get(key).and_then(Node::leaf).map(str::to_owned);
        let (stage, pipeline) = (item.number("status_id"), item.number("pipeline_id"));
        let field = |ours: &&'static str| {
            let theirs = self.field(ours)?.to_string();
            let said =
                values(item, |field| leaf(field, "id") == Some(theirs.as_str())).into_iter().next();
            Some(SaidField { ours, theirs, said })
        };
        Some(TheirDeal {
            id: id.to_owned(),
            title: word("name").unwrap_or_default(),
            stage: word("status_id").unwrap_or_default(),
            pipeline: word("pipeline_id").unwrap_or_default(),
            won: self.wins(stage, pipeline),
            at: item.number("updated_at").or(item.number("last_modified")).unwrap_or_default(),
            fields: FOLLOWED.iter().filter_map(field).collect(),
            ..TheirDeal::default()
        })
    }

    /// A contact as the webhook tells it.
    pub(crate) fn told_person(body: &[u8], id: &str) -> Option<TheirPerson> {
        let tree = unfold(body).ok()?.0;
        let item = item(&tree, &["contacts"], id, |item| leaf(item, "type") != Some("company"))?;
        let name = leaf(item, "name")?.to_owned();
        let of_code =
            |code: &'static str| values(item, move |field| leaf(field, "code") == Some(code));
        Some(TheirPerson {
            id: id.to_owned(),
            name,
            phones: of_code("PHONE").iter().filter_map(|phone| Phone::parse(phone)).collect(),
            email: of_code("EMAIL").into_iter().next(),
            at: item.number("updated_at").or(item.number("last_modified")).unwrap_or_default(),
        })
    }

    /// A company as the webhook tells it: such come under `contacts` as well.
    pub(crate) fn told_firm(body: &[u8], id: &str) -> Option<TheirFirm> {
        let tree = unfold(body).ok()?.0;
        let item = item(&tree, &["companies", "contacts"], id, |_| true)?;
        let name = leaf(item, "name")?.to_owned();
        let at = item.number("updated_at").or(item.number("last_modified")).unwrap_or_default();
        Some(TheirFirm { id: id.to_owned(), name, at })
    }
}

/// The entity of this id, whatever happened to it.
fn item<'a>(
    tree: &'a BTreeMap<String, Node>,
    keys: &[&str],
    id: &str,
    fits: impl Fn(&Node) -> bool,
) -> Option<&'a Node> {
    let entities = keys.iter().filter_map(|key| tree.get(*key));
    let mut items = entities.flat_map(Node::in_order).flat_map(Node::in_order);
    items.find(|item| leaf(item, "id") == Some(id) && fits(item))
}

/// What the fields that fit hold: wrapped in `value`, or bare, as dates come.
fn values(item: &Node, fits: impl Fn(&Node) -> bool) -> Vec<String> {
    let fields = item.get("custom_fields").map(Node::in_order).unwrap_or_default();
    let values =
        fields.into_iter().filter(|field| fits(field)).filter_map(|field| field.get("values"));
    let said = values.flat_map(Node::in_order).filter_map(|value| {
        value.leaf().or_else(|| leaf(value, "value")).filter(|text| !text.is_empty())
    });
    said.map(str::to_owned).collect()
}

fn leaf<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::leaf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_read_as_the_webhook_tells_it() {
        let body =
            include_bytes!("../../../../../tests/fixtures/amocrm/webhooks/contacts_update.form");
        let person = AmoConnection::told_person(body, "41230555").unwrap();
        assert_eq!(person.name, "Анна Пример");
        assert_eq!(person.phones[0].as_str(), "+79990000001");
        assert_eq!(AmoConnection::told_person(body, "1"), None);
        let company = include_bytes!(
            "../../../../../tests/fixtures/amocrm/webhooks/company_add_under_contacts_key.form"
        );
        assert_eq!(AmoConnection::told_person(company, "41230557"), None);
        let firm = AmoConnection::told_firm(company, "41230557").unwrap();
        assert!(!firm.name.is_empty());
    }
}
