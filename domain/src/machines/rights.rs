//! Who may open a stored file. The question is asked at every download.

use crate::Result;
use crate::Viewer;
use crate::db::{Executor, fetch_optional};
use crate::ids::FileId;
use crate::machines::scope::machines_of;

/// Whether the viewer may open the file.
///
/// A customer: documents of their machines, but for what a former owner paid, and of the models of
/// these, files of their requests and of what is written about them, reports about their requests and machines, what their people told
/// of maintenances they did. An
/// engineer: documents of models and of the machines of their jobs, files and reports of their jobs,
/// files of what they are asked to decide.
/// A manager: every file.
pub async fn may_see_file(db: &mut impl Executor, viewer: &Viewer, file: &FileId) -> Result<bool> {
    if let Some(staff) = &viewer.staff {
        let sees = if staff.is_manager() {
            fetch_optional!(db, (FileId,), "select id from files where id = $1", file)?
        } else {
            fetch_optional!(db, (FileId,), ENGINEER, file, &staff.id)?
        };
        if sees.is_some() {
            return Ok(true);
        }
    }
    let Some(customer) = &viewer.customer else { return Ok(false) };
    Ok(fetch_optional!(db, (FileId,), CUSTOMER, file, &customer.id)?.is_some())
}

// An owner is `word:`, `request:`, `work_order:` or `occurrence:` and the id, which begins at the 6th,
// the 9th or the 12th character.
const CUSTOMER: &str = concat!(
    "select f.id
       from files f
      where f.id = $1
        and (exists (select 1
                       from documents d
                       join machine_instances m on m.id = d.machine_id
                      where d.file_id = f.id and d.withdrawn_at is null
                        and (d.kind <> 'invoice' or m.owned_since is null
                             or d.created_at >= m.owned_since)
                        and m.id in (",
    machines_of!("$2"),
    "))
          or exists (select 1
                       from documents d
                       join machine_instances m on m.model_id = d.model_id
                      where d.file_id = f.id and d.withdrawn_at is null and m.id in (",
    machines_of!("$2"),
    "))
          or exists (select 1
                       from order_events e
                       join orders o on o.id = e.order_id
                      where e.file_id = f.id and o.customer_id = $2)
          or exists (select 1
                       from attachments a
                       join service_requests r on r.id = substr(a.owner, 9)
                      where a.file_id = f.id and a.owner like 'request:%'
                        and r.customer_id = $2)
          or exists (select 1
                       from attachments a
                       join words word on word.id = substr(a.owner, 6)
                       join service_requests r on r.id = substr(word.subject, 9)
                      where a.file_id = f.id and a.owner like 'word:%'
                        and word.subject like 'request:%' and r.customer_id = $2)
          or exists (select 1
                       from attachments a
                       join work_orders w on w.id = substr(a.owner, 12)
                       join service_requests r on r.id = w.request_id
                      where a.file_id = f.id and a.owner like 'work_order:%'
                        and (r.customer_id = $2 or w.machine_id in (",
    machines_of!("$2"),
    ")))
          or exists (select 1
                       from attachments a
                       join occurrences o on o.id = substr(a.owner, 12)
                      where a.file_id = f.id and a.owner like 'occurrence:%'
                        and o.machine_id in (",
    machines_of!("$2"),
    ")))"
);

const ENGINEER: &str = "select f.id
       from files f
      where f.id = $1
        and (exists (select 1
                       from documents d
                      where d.file_id = f.id and d.withdrawn_at is null
                        and d.model_id is not null)
          or exists (select 1
                       from documents d
                       join work_orders w on w.machine_id = d.machine_id
                      where d.file_id = f.id and d.withdrawn_at is null
                        and w.engineer_id = $2)
          or exists (select 1
                       from attachments a
                       join work_orders w on w.request_id = substr(a.owner, 9)
                      where a.file_id = f.id and a.owner like 'request:%'
                        and w.engineer_id = $2)
          or exists (select 1
                       from attachments a
                       join approval_deciders x on x.approval_id = substr(a.owner, 10)
                      where a.file_id = f.id and a.owner like 'approval:%'
                        and x.staff_id = $2)
          or exists (select 1
                       from attachments a
                       join work_orders w on w.id = substr(a.owner, 12)
                      where a.file_id = f.id and a.owner like 'work_order:%'
                        and w.engineer_id = $2))";
