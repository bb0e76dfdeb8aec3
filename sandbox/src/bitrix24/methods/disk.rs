//! The Drive: `disk.storage.*`, `disk.folder.*`, `disk.file.*`, and the second step of an upload.

use serde_json::{Value, json};

use crate::bitrix24::answer::{Outcome, Refusal, moment, ok};
use crate::bitrix24::catalogue::{STORAGE, STORAGE_ROOT};
use crate::bitrix24::change::Change;
use crate::bitrix24::methods::given;
use crate::bitrix24::params::Params;
use crate::bitrix24::portal::{DiskFile, Folder};
use crate::bitrix24::select::page;
use crate::bitrix24::values::text;

/// `None` where the method is of another family.
pub(crate) fn call(change: &mut Change<'_>, method: &str, params: &Params) -> Option<Outcome> {
    Some(match method {
        "disk.storage.getlist" => storages(params),
        "disk.storage.get" => storage(params),
        "disk.storage.getchildren" => children(change, STORAGE_ROOT, params),
        "disk.storage.addfolder" => add_folder(change, STORAGE_ROOT, params),
        "disk.storage.uploadfile" => upload(change, STORAGE_ROOT, params),
        "disk.folder.get" => folder(change, params).and_then(|one| ok(show_folder(&one))),
        "disk.folder.getchildren" => inside(change, params, children),
        "disk.folder.addsubfolder" => inside(change, params, add_folder),
        "disk.folder.uploadfile" => inside(change, params, upload),
        "disk.file.get" => file(change, params).and_then(|one| ok(show(change, &one))),
        "disk.file.delete" | "disk.file.markdeleted" => delete(change, params),
        "upload" => second_step(change, params),
        _ => return None,
    })
}

type Act = fn(&mut Change<'_>, i64, &Params) -> Outcome;

fn inside(change: &mut Change<'_>, params: &Params, act: Act) -> Outcome {
    let folder = folder(change, params)?;
    act(change, folder.id, params)
}

fn folder(change: &Change<'_>, params: &Params) -> Result<Folder, Refusal> {
    let id = id(params)?;
    change.portal.folders.get(&id).cloned().ok_or_else(absent)
}

fn file(change: &Change<'_>, params: &Params) -> Result<DiskFile, Refusal> {
    let id = id(params)?;
    change.portal.disk.get(&id).cloned().ok_or_else(absent)
}

fn id(params: &Params) -> Result<i64, Refusal> {
    let missing = || Refusal::new("ERROR_ARGUMENT", "Invalid value of parameter {id}");
    params.int("id").ok_or_else(missing)
}

fn absent() -> Refusal {
    Refusal::new("ERROR_NOT_FOUND", "Could not find entity with id")
}

fn storages(params: &Params) -> Outcome {
    let kind = params.map("filter").and_then(|filter| filter.get("ENTITY_TYPE")).map(text);
    let all = if kind.is_none_or(|kind| kind == "common") { vec![shared()] } else { Vec::new() };
    Ok(page(all, params.start(), |one| one))
}

fn storage(params: &Params) -> Outcome {
    if id(params)? == STORAGE { ok(shared()) } else { Err(absent()) }
}

fn shared() -> Value {
    json!({"ID": STORAGE.to_string(), "NAME": "Общий диск", "CODE": null, "MODULE_ID": "disk",
        "ENTITY_TYPE": "common", "ENTITY_ID": "shared_files_s1", "ROOT_OBJECT_ID": STORAGE_ROOT.to_string()})
}

fn children(change: &mut Change<'_>, folder: i64, params: &Params) -> Outcome {
    let name = params.map("filter").and_then(|filter| filter.get("NAME")).map(text);
    let fits = |has: &str| name.as_ref().is_none_or(|name| name == has);
    let folders = change.portal.folders.values();
    let folders = folders.filter(|one| one.parent == folder && fits(&one.name)).map(show_folder);
    let files = change.portal.disk.values();
    let files = files.filter(|one| one.folder == folder && fits(&one.file.name));
    let all: Vec<Value> = folders.chain(files.map(|one| show(change, one))).collect();
    Ok(page(all, params.start(), |one| one))
}

fn add_folder(change: &mut Change<'_>, parent: i64, params: &Params) -> Outcome {
    let name = name(params)?;
    if taken(change, parent, &name) {
        return Err(Refusal::new("DISK_OBJ_22000", "Object with same name already exists"));
    }
    let id = change.portal.next("disk");
    let folder = Folder { id, parent, name };
    let shown = show_folder(&folder);
    change.portal.folders.insert(id, folder);
    ok(shown)
}

fn name(params: &Params) -> Result<String, Refusal> {
    let name = params.map("data").and_then(|data| data.get("NAME")).map(text);
    let missing = || Refusal::new("DISK_BASE_SERVICE_22001", "Required field NAME is missing");
    name.filter(|name| !name.is_empty()).ok_or_else(missing)
}

/// With content the file is kept; with nothing but the folder the answer is where to send it.
fn upload(change: &mut Change<'_>, folder: i64, params: &Params) -> Outcome {
    let Some(pair) = params.get("fileContent") else {
        let token = format!("disk|{:032x}", change.portal.next("upload"));
        change.portal.uploads.insert(token.clone(), folder);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("auth", "")
            .append_pair("token", &token)
            .finish();
        return ok(json!({"field": "file",
            "uploadUrl": format!("{}/rest/upload.json?{query}", change.base())}));
    };
    let name = name(params)?;
    let Some((_, content)) = given::decode(pair) else {
        return Err(Refusal::new("ERROR_COULD_NOT_SAVE_FILE", "Could not save file"));
    };
    let unique = params.yes("generateUniqueName");
    keep(change, folder, &name, content, unique)
}

/// `POST uploadUrl`: the file in the part that the first step named.
fn second_step(change: &mut Change<'_>, params: &Params) -> Outcome {
    let folder = change.portal.uploads.remove(&params.text("token"));
    let folder = folder.ok_or_else(|| Refusal::new("ERROR_ARGUMENT", "Invalid token"))?;
    let part = params.parts.iter().find(|part| part.field == "file");
    let part = part.ok_or_else(|| Refusal::new("ERROR_ARGUMENT", "No file in the request"))?;
    keep(change, folder, &part.name.clone(), part.content.clone(), true)
}

fn keep(
    change: &mut Change<'_>,
    folder: i64,
    name: &str,
    content: Vec<u8>,
    unique: bool,
) -> Outcome {
    let mut chosen = name.to_owned();
    let mut number = 1;
    while taken(change, folder, &chosen) {
        if !unique {
            return Err(Refusal::new("DISK_OBJ_22000", "Object with same name already exists"));
        }
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let dot = if ending.is_empty() { "" } else { "." };
        chosen = format!("{stem} ({number}){dot}{ending}");
        number += 1;
    }
    let file_id = change.portal.keep_file(&chosen, content);
    let Some(file) = change.portal.files.get(&file_id).cloned() else {
        return Err(Refusal::new("ERROR_COULD_NOT_SAVE_FILE", "Could not save file"));
    };
    let id = change.portal.next("disk");
    let kept = DiskFile { id, folder, file, at: change.now };
    let shown = show(change, &kept);
    change.portal.disk.insert(id, kept);
    ok(shown)
}

fn delete(change: &mut Change<'_>, params: &Params) -> Outcome {
    let id = file(change, params)?.id;
    change.portal.disk.remove(&id);
    ok(true)
}

fn taken(change: &Change<'_>, folder: i64, name: &str) -> bool {
    let files =
        change.portal.disk.values().any(|one| one.folder == folder && one.file.name == name);
    files || change.portal.folders.values().any(|one| one.parent == folder && one.name == name)
}

fn show_folder(folder: &Folder) -> Value {
    json!({"ID": folder.id.to_string(), "NAME": folder.name, "CODE": null,
        "STORAGE_ID": STORAGE.to_string(), "TYPE": "folder", "REAL_OBJECT_ID": folder.id.to_string(),
        "PARENT_ID": folder.parent.to_string(), "DELETED_TYPE": 0})
}

/// Strings and numbers as mixed as in the reference.
fn show(change: &Change<'_>, one: &DiskFile) -> Value {
    let url = format!("{}/disk/downloadFile/?fileId={}", change.base(), one.file.id);
    json!({"ID": one.id, "NAME": one.file.name, "CODE": null, "STORAGE_ID": STORAGE.to_string(),
        "TYPE": "file", "PARENT_ID": one.folder.to_string(), "DELETED_TYPE": 0,
        "GLOBAL_CONTENT_VERSION": 1, "FILE_ID": one.file.id,
        "SIZE": one.file.content.len().to_string(), "CREATE_TIME": moment(one.at),
        "UPDATE_TIME": moment(one.at), "CREATED_BY": change.caller.user.to_string(),
        "DOWNLOAD_URL": url, "DETAIL_URL": url})
}
