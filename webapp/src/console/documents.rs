//! Documents of machines and models at the console: put there, replaced by a newer revision, shown no
//! more. What is sent is judged by its content, as every file is.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::routing::post;
use domain::audit::Act;
use domain::db::{Executor, Tx};
use domain::documents::{self, Description, KINDS, Kept, LANGUAGES, Owner};
use domain::files::Accepted;
use domain::ids::{MachineId, ModelId};
use domain::text::clean;
use domain::{Error, machines};
use serde_json::{Value, json};

use crate::console::clerk::Clerk;
use crate::fault::Fault;
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, see_other};
use crate::state::AppState;
use crate::upload::{MAX_UPLOAD, Upload};
use crate::views::parts::Choice;

/// What the file chooser offers.
const ACCEPT: &str = ".pdf,.jpg,.jpeg,.png,.gif";
/// The longest title and revision, in characters.
const TITLE_LIMIT: usize = 160;
const REVISION_LIMIT: usize = 40;

/// The documents of one owner, and the forms that change them.
pub(crate) struct DocumentDesk {
    /// Where the forms go.
    pub(crate) base: String,
    pub(crate) documents: Vec<DocumentView>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) languages: Vec<Choice>,
    pub(crate) accept: &'static str,
}

/// One of them.
pub(crate) struct DocumentView {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) note: String,
    /// It is shown no more.
    pub(crate) gone: bool,
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/staff/machines/{id}/documents", post(add_to_machine))
        .route("/staff/machines/{id}/documents/{document}/replace", post(replace_of_machine))
        .route("/staff/models/{id}/documents", post(add_to_model))
        .route("/staff/models/{id}/documents/{document}/replace", post(replace_of_model))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .route("/staff/machines/{id}/documents/{document}/withdraw", post(withdraw_of_machine))
        .route("/staff/models/{id}/documents/{document}/withdraw", post(withdraw_of_model))
}

/// The page of an owner.
fn page_of(owner: &Owner) -> String {
    match owner {
        Owner::Model(id) => format!("/staff/models/{id}"),
        Owner::Machine(id) => format!("/staff/machines/{id}"),
    }
}

/// The documents of a machine or a model with the forms for them. One query.
pub(super) async fn desk(
    clerk: &Clerk,
    db: &mut impl Executor,
    owner: &Owner,
) -> Result<DocumentDesk, Error> {
    let ui = clerk.ui;
    let kept = documents::of_owner(db, owner).await?;
    // An invoice is of one machine's owner.
    let kinds =
        KINDS.iter().filter(|kind| matches!(owner, Owner::Machine(_)) || **kind != "invoice");
    let kind = |kind: &&str| present::choice(kind, present::word(ui, "app-document-", kind), false);
    let language = |one: &str| {
        present::choice(one, present::word(ui, "console-language-", one), one == ui.lang())
    };
    Ok(DocumentDesk {
        base: format!("{}/documents", page_of(owner)),
        documents: kept.iter().map(|one| view(clerk, one)).collect(),
        kinds: kinds.map(kind).collect(),
        languages: LANGUAGES.iter().map(|one| language(one)).collect(),
        accept: ACCEPT,
    })
}

fn view(clerk: &Clerk, one: &Kept) -> DocumentView {
    let ui = clerk.ui;
    let kind = present::word(ui, "app-document-", &one.kind);
    let revision = (!one.revision.is_empty())
        .then(|| ui.with("app-document-revision", "revision", &one.revision));
    let gone = one.withdrawn_at.map(|at| ui.with("console-document-gone", "when", ui.day(at)));
    let language = Some(one.language.to_uppercase());
    let size = Some(present::size(ui, one.size));
    let note = [Some(kind.clone()), revision, language, size, gone];
    DocumentView {
        id: one.id.clone(),
        href: clerk.file_link(one.file_id.as_str()),
        title: if one.title.is_empty() { kind } else { one.title.clone() },
        note: note.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        gone: one.withdrawn_at.is_some(),
    }
}

async fn add_to_machine(clerk: Clerk, Path(id): Path<String>, upload: Upload) -> Answer {
    add(&clerk, Owner::Machine(MachineId::from(id)), upload).await
}

async fn add_to_model(clerk: Clerk, Path(id): Path<String>, upload: Upload) -> Answer {
    add(&clerk, Owner::Model(ModelId::from(id)), upload).await
}

async fn replace_of_machine(
    clerk: Clerk,
    Path((id, document)): Path<(String, String)>,
    upload: Upload,
) -> Answer {
    replace(&clerk, Owner::Machine(MachineId::from(id)), &document, upload).await
}

async fn replace_of_model(
    clerk: Clerk,
    Path((id, document)): Path<(String, String)>,
    upload: Upload,
) -> Answer {
    replace(&clerk, Owner::Model(ModelId::from(id)), &document, upload).await
}

async fn withdraw_of_machine(clerk: Clerk, Path((id, document)): Path<(String, String)>) -> Answer {
    withdraw(&clerk, Owner::Machine(MachineId::from(id)), &document).await
}

async fn withdraw_of_model(clerk: Clerk, Path((id, document)): Path<(String, String)>) -> Answer {
    withdraw(&clerk, Owner::Model(ModelId::from(id)), &document).await
}

/// The owner must be there before anything of it is read.
async fn known(db: &mut impl Executor, owner: &Owner) -> Result<(), Error> {
    match owner {
        Owner::Machine(id) => machines::find(db, id).await?.map(drop).ok_or(Error::NotFound),
        Owner::Model(id) => machines::model(db, id).await.map(drop),
    }
}

/// The fields of an upload, and its one file: a PDF or a picture.
pub(super) async fn one_file(clerk: &Clerk, upload: Upload) -> Result<(Form, Accepted), Fault> {
    let (form, mut files) = upload.accept(&clerk.state.dealer().uploads).await?;
    let file = files.pop().ok_or(Error::invalid("file", "error-required"))?;
    if !files.is_empty() {
        return Err(Error::invalid("file", "error-one-file").into());
    }
    Ok((form, file))
}

fn printable(file: &Accepted) -> Result<(), Error> {
    let kind = file.content_type();
    if kind == "application/pdf" || kind.starts_with("image/") {
        return Ok(());
    }
    Err(Error::invalid("file", "error-document-kind"))
}

fn revision(form: &Form) -> Result<String, Error> {
    let Some(typed) = form.text("revision") else { return Ok(String::new()) };
    clean(typed, REVISION_LIMIT).ok_or(Error::invalid("revision", "error-too-long"))
}

/// Access: managers. `title`, `kind`, `language`, `revision`?, `file`.
async fn add(clerk: &Clerk, owner: Owner, upload: Upload) -> Answer {
    clerk.viewer.manager()?;
    known(&mut clerk.state.db().read().await.map_err(Error::from)?, &owner).await?;
    let (form, file) = one_file(clerk, upload).await?;
    printable(&file)?;
    let title = clean(form.required("title")?, TITLE_LIMIT);
    let title = title.ok_or(Error::invalid("title", "error-too-long"))?;
    let one_of = |name: &'static str, all: &[&'static str]| {
        let typed = form.required(name)?;
        let found = all.iter().find(|one| **one == typed);
        found.copied().ok_or(Error::invalid(name, "error-choice"))
    };
    let revision = revision(&form)?;
    let description = Description {
        kind: one_of("kind", &KINDS)?,
        title: &title,
        language: one_of("language", &LANGUAGES)?,
        revision: &revision,
    };
    let mut tx = clerk.begin().await?;
    documents::publish(&mut tx, &owner, &description, &file, clerk.state.now()).await?;
    let details = json!({ "title": title, "kind": description.kind, "revision": revision });
    settled(clerk, tx, "document-add", (&owner, details)).await
}

/// Access: managers. `revision`, `file`.
async fn replace(clerk: &Clerk, owner: Owner, document: &str, upload: Upload) -> Answer {
    clerk.viewer.manager()?;
    known(&mut clerk.state.db().read().await.map_err(Error::from)?, &owner).await?;
    let (form, file) = one_file(clerk, upload).await?;
    printable(&file)?;
    form.required("revision")?;
    let revision = revision(&form)?;
    let mut tx = clerk.begin().await?;
    let newer = (revision.as_str(), &file);
    documents::replace(&mut tx, &owner, document, newer, clerk.state.now()).await?;
    let details = json!({ "document": document, "revision": revision });
    settled(clerk, tx, "document-replace", (&owner, details)).await
}

/// Access: managers.
async fn withdraw(clerk: &Clerk, owner: Owner, document: &str) -> Answer {
    clerk.viewer.manager()?;
    let mut tx = clerk.begin().await?;
    documents::withdraw(&mut tx, &owner, document, clerk.state.now()).await?;
    settled(clerk, tx, "document-withdraw", (&owner, json!({ "document": document }))).await
}

async fn settled(
    clerk: &Clerk,
    tx: Tx,
    act: &'static str,
    (owner, details): (&Owner, Value),
) -> Answer {
    let (subject, subject_id) = match owner {
        Owner::Model(id) => ("model", id.as_str()),
        Owner::Machine(id) => ("machine", id.as_str()),
    };
    clerk.done(tx, &Act { act, subject, subject_id, details }).await?;
    Ok(see_other(&page_of(owner)))
}
