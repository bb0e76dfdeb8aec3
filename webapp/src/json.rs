//! The contract's JSON. What a program may build on is written out here by name; domain structs
//! that are answered as they are have the contract's names already.

mod service;

use domain::approvals::Approval;
use domain::approvals::disputes::{Case, Decision};
use domain::files::StoredFile;
use domain::leads::{LeadCase, Touch};
use domain::machines::{MachineSummary, Passport};
use domain::orders::{Order, OrderLine};
use domain::parts::{Part, PartCard};
use domain::staff::Staff;
use serde_json::{Value, json};

use crate::auth::Caller;
pub(crate) use crate::json::service::*;

/// A machine of the park.
pub(crate) fn machine(machine: &MachineSummary) -> Value {
    json!({
        "id": machine.id,
        "serial": machine.serial,
        "model": { "code": machine.model_code, "name": machine.model_name },
        "site": machine.site,
        "company": machine.company,
        "state": machine.state,
        "down_since": machine.down_since,
        "next_maintenance_on": machine.next_maintenance_on,
    })
}

/// A case to decide, with what the deal says and what we know.
pub(crate) fn approval(case: &Case) -> Value {
    let claim = &case.claim;
    let words = Decision::fitting(case.approval.kind).iter().map(|decision| decision.as_str());
    json!({
        "id": case.approval.id,
        "kind": case.approval.kind,
        "state": case.approval.state,
        "created_at": case.approval.created_at,
        "deal": {
            "connection": claim.connection,
            "id": claim.deal,
            "title": claim.title,
            "serial": claim.serial,
            "model": claim.model,
            "company": claim.company,
            "customer": claim.customer_name,
            "phone": claim.phone,
        },
        "machine": machine(&case.machine),
        "owner": case.owner,
        "history": case.history,
        "decisions": words.collect::<Vec<_>>(),
    })
}

/// A case that a director decides.
pub(crate) fn decision(approval: &Approval) -> Value {
    json!({
        "id": approval.id,
        "kind": approval.kind,
        "state": approval.state,
        "version": approval.version,
        "title": approval.title,
        "asked_by": approval.requester_name,
        "amount": approval.amount,
        "reason": approval.reason,
        "created_at": approval.created_at,
    })
}

/// A machine with everything that its passport says.
pub(crate) fn passport(caller: &Caller, passport: &Passport) -> Value {
    let machine = &passport.machine;
    let specification = passport.model.specification.iter();
    let specification: Vec<Value> =
        specification.map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let documents = passport.documents.iter().map(|row| {
        json!({
            "title": row.title,
            "kind": row.kind,
            "url": caller.file_link(row.file_id.as_str()),
            "language": row.language,
            "revision": row.revision,
            "content_type": row.content_type,
            "size": row.size,
        })
    });
    json!({
        "id": machine.id,
        "serial": machine.serial,
        "model": { "code": passport.model.code, "name": passport.model.name },
        "site": passport.site,
        "company": passport.company,
        "state": passport.state,
        "down_since": passport.down_since,
        "next_maintenance_on": machine.next_maintenance_on,
        "configuration": machine.configuration,
        "specification": specification,
        "made_on": machine.made_on,
        "shipped_on": machine.shipped_on,
        "commissioned_on": machine.commissioned_on,
        "warranty_until": machine.warranty_until,
        "hours": machine.hours,
        "documents": documents.collect::<Vec<_>>(),
        "timeline": passport.timeline,
    })
}

/// A part of the catalogue.
pub(crate) fn part(part: &Part) -> Value {
    json!({
        "id": part.id,
        "sku": part.sku,
        "name": part.name,
        "price": part.price,
        "stock": part.stock,
        "lead_days": part.lead_days,
        "category": part.category,
        "replaced_by": part.replaced_by,
        "fits": part.fits,
        "instead_of": part.instead_of,
    })
}

/// A part with its codes, what stands beside it and what it fits.
pub(crate) fn part_card(card: &PartCard) -> Value {
    let models = card.models.iter().map(|(_, code, name)| json!({ "code": code, "name": name }));
    let machines = card
        .my_machines
        .iter()
        .map(|(id, serial, code)| json!({ "id": id, "serial": serial, "model": { "code": code } }));
    let mut body = part(&card.part);
    body["active"] = json!(card.active);
    body["codes"] = json!(card.beside.codes);
    body["replaces"] = json!(card.beside.replaces);
    body["analogues"] = json!(card.beside.analogues);
    body["kit"] = json!(card.beside.kit);
    body["models"] = models.collect();
    body["machines"] = machines.collect();
    body["in_cart"] = json!(card.pieces_in_cart());
    json!({ "part": body })
}

/// An order with its lines.
pub(crate) fn order(order: &Order, lines: &[OrderLine]) -> Value {
    json!({
        "id": order.id,
        "number": order.number,
        "state": order.state,
        "total": order.total,
        "delivery": order.delivery,
        "address": order.address,
        "inn": order.inn,
        "comment": order.comment,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "lines": lines,
    })
}

/// A member of staff, to be chosen.
pub(crate) fn staff(staff: &Staff) -> Value {
    json!({ "telegram_id": staff.telegram_id, "name": staff.name, "role": staff.role })
}

/// A site lead with everything that was sent.
pub(crate) fn lead(caller: &Caller, case: &LeadCase) -> Value {
    let touch = |touch: &Touch| {
        json!({
            "at": touch.created_at,
            "name": touch.name,
            "phone": touch.phone,
            "email": touch.email,
            "message": touch.message,
            "page": touch.page,
            "referrer": touch.referrer,
            "tracking": touch.tracking,
            "extra": touch.extra,
            "suspicion": touch.suspicion,
            "files": files(caller, &touch.files),
        })
    };
    let mut lead = json!(case.lead);
    lead["taken_by_name"] = json!(case.taken_by_name);
    lead["touches"] = case.touches.iter().map(touch).collect();
    lead
}

fn files(caller: &Caller, files: &[StoredFile]) -> Value {
    let file = |file: &StoredFile| {
        json!({
            "name": file.name,
            "content_type": file.content_type,
            "size": file.size,
            "url": caller.file_link(file.id.as_str()),
        })
    };
    files.iter().map(file).collect()
}
