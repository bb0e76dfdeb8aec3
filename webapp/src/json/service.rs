//! Requests, what is said about them, and jobs.

use domain::requests::{OpenRequest, RequestCase, RequestSummary, ServiceRequest};
use domain::thread::Word;
use domain::work_orders::{Job, JobMachine, JobSummary};
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::json::files;

/// A request as it was made.
pub(crate) fn request(request: &ServiceRequest) -> Value {
    json!({
        "id": request.id,
        "number": request.number,
        "state": request.state,
        "machine_id": request.machine_id,
        "kind": request.kind,
        "machine_down": request.machine_down,
        "text": request.text,
        "created_at": request.created_at,
        "updated_at": request.updated_at,
        "fixed_at": request.fixed_at,
    })
}

/// A request of a list.
pub(crate) fn request_summary(request: &RequestSummary) -> Value {
    let machine_id = request.machine.as_ref().map(|(id, ..)| id);
    let machine = request.machine.as_ref().map(
        |(id, serial, model)| json!({ "id": id, "serial": serial, "model": { "name": model } }),
    );
    json!({
        "id": request.id,
        "number": request.number,
        "state": request.state,
        "machine_id": machine_id,
        "machine": machine,
        "kind": request.kind,
        "machine_down": request.machine_down,
        "created_at": request.created_at,
        "fixed_at": request.fixed_at,
        "unread": request.unread,
    })
}

/// A request of the desk.
pub(crate) fn open_request(open: &OpenRequest) -> Value {
    let mut body = request_summary(&open.summary);
    body["customer_name"] = json!(open.customer_name);
    body["company"] = json!(open.company);
    body["taken_by"] = json!(open.taken_by_name);
    body["stars"] = json!(open.stars);
    body
}

/// A message of a thread.
pub(crate) fn word(caller: &Caller, word: &Word) -> Value {
    json!({
        "id": word.id,
        "staff_name": word.staff_name,
        "text": word.text,
        "written_at": word.written_at,
        "seen_at": word.seen_at,
        "files": files(caller, &word.files),
    })
}

/// A request with its machine, files and people.
pub(crate) fn request_case(caller: &Caller, case: &RequestCase) -> Value {
    let mut body = request(&case.request);
    body["machine"] = json!(case.machine.as_ref().map(|(id, serial, model)| {
        json!({ "id": id, "serial": serial, "model": { "name": model } })
    }));
    body["files"] = files(caller, &case.files);
    body["report"] = json!(case.work_order.as_ref().map(|job| &job.report));
    body["report_files"] = files(caller, &case.report_files);
    body["customer_name"] = json!(case.customer_name);
    body["company"] = json!(case.company);
    body["taken_by"] = json!(case.taken_by_name);
    body["engineer"] = json!(case.engineer);
    body["offer"] = json!(case.offer);
    body["rating"] = json!(case.rating);
    if caller.viewer.staff.is_some() {
        body["phone"] = json!(case.phone);
        body["job_id"] = json!(case.work_order.as_ref().map(|job| &job.id));
    }
    body
}

/// A job of a list.
pub(crate) fn job_summary(job: &JobSummary) -> Value {
    json!({
        "id": job.id,
        "state": job.state,
        "request_number": job.request_number,
        "kind": job.kind,
        "machine_down": job.machine_down,
        "machine": job.machine.as_ref().map(job_machine),
        "customer_name": job.customer_name,
        "created_at": job.created_at,
    })
}

/// A job with everything that the engineer needs.
pub(crate) fn job(caller: &Caller, job: &Job) -> Value {
    json!({
        "id": job.work_order.id,
        "state": job.work_order.state,
        "request_number": job.request_number,
        "kind": job.kind,
        "machine_down": job.machine_down,
        "text": job.text,
        "machine": job.machine.as_ref().map(job_machine),
        "customer_name": job.customer_name,
        "phone": job.phone,
        "company": job.company,
        "report": job.work_order.report,
        "hours": job.work_order.hours,
        "next_maintenance_on": job.work_order.next_maintenance_on,
        "done_at": job.work_order.done_at,
        "files": files(caller, &job.files),
        "report_files": files(caller, &job.report_files),
    })
}

fn job_machine((id, serial, model, site): &JobMachine) -> Value {
    json!({ "id": id, "serial": serial, "model": { "name": model }, "site": site })
}
