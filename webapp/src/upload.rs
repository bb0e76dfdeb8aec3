//! Forms that bring files. Each file is judged while it streams: what is too large is not read to
//! its end, and what was judged leaves memory for the disk.

use std::path::Path;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Error;
use domain::db::Tx;
use domain::files::{self, Accepted, MAX_FILE, MAX_FILES};

use crate::auth::Caller;
use crate::fault::Fault;
use crate::input::{Form, MAX_FORM, essence};
use crate::state::AppState;

/// The most that a form with files may hold: the files, and room for the fields and the borders.
#[expect(clippy::cast_possible_truncation, reason = "a hundred megabytes fit any usize")]
pub(crate) const MAX_UPLOAD: usize = MAX_FILES * MAX_FILE as usize + 1024 * 1024;
/// A client that is refused still sends; so much of it is let pass, for it to hear the answer.
const DRAIN: usize = 16 * 1024 * 1024;

/// A form with files that has not been read yet: who sends it is asked before.
pub(crate) enum Upload {
    /// Fields and files.
    Parts(Box<Multipart>),
    /// Fields alone: a form without files, or JSON.
    Plain(Form),
}

impl FromRequest<AppState> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Upload, Response> {
        if essence(request.headers()) != "multipart/form-data" {
            return Form::from_request(request, state).await.map(Upload::Plain);
        }
        match Multipart::from_request(request, state).await {
            Ok(parts) => Ok(Upload::Parts(Box::new(parts))),
            Err(_) => Err(Fault::Malformed.into_response()),
        }
    }
}

/// How many files a form may bring, and whether recordings and films are among them.
#[derive(Clone, Copy)]
struct Taking {
    most: usize,
    media: bool,
}

impl Upload {
    /// Reads the form; its files are checked and on disk afterwards: documents and pictures,
    /// recordings and films.
    pub(crate) async fn accept(self, uploads: &Path) -> Result<(Form, Vec<Accepted>), Fault> {
        self.judged(uploads, Taking { most: MAX_FILES, media: true }).await
    }

    /// The same for strangers: documents and pictures alone.
    pub(crate) async fn accept_documents(
        self,
        uploads: &Path,
    ) -> Result<(Form, Vec<Accepted>), Fault> {
        self.accept_at_most(uploads, MAX_FILES).await
    }

    /// As [`Upload::accept_documents`], where fewer files are taken.
    pub(crate) async fn accept_at_most(
        self,
        uploads: &Path,
        most: usize,
    ) -> Result<(Form, Vec<Accepted>), Fault> {
        self.judged(uploads, Taking { most, media: false }).await
    }

    async fn judged(self, uploads: &Path, taking: Taking) -> Result<(Form, Vec<Accepted>), Fault> {
        let mut parts = match self {
            Upload::Plain(form) => return Ok((form, Vec::new())),
            Upload::Parts(parts) => parts,
        };
        let read = read(&mut parts, uploads, taking).await;
        if read.is_err() {
            drain(&mut parts).await;
        }
        read
    }
}

async fn read(
    parts: &mut Multipart,
    uploads: &Path,
    Taking { most, media }: Taking,
) -> Result<(Form, Vec<Accepted>), Fault> {
    let (mut form, mut kept) = (Form::default(), Vec::new());
    let mut typed = 0;
    while let Some(mut field) = parts.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file_name) = field.file_name().map(str::to_owned) else {
            let text = collect(&mut field, MAX_FORM - typed).await?.ok_or(Fault::BodyTooLarge)?;
            typed += text.len();
            form.put(name, String::from_utf8(text).map_err(|_| Fault::Malformed)?);
            continue;
        };
        #[expect(clippy::cast_possible_truncation, reason = "ten megabytes fit any usize")]
        let bytes = collect(&mut field, MAX_FILE as usize).await?;
        let bytes = bytes.ok_or(Error::TooLarge(MAX_FILE))?;
        // A browser sends a nameless empty file for an input that nobody filled.
        if bytes.is_empty() && file_name.is_empty() {
            continue;
        }
        if kept.len() == most {
            let fewer = most < MAX_FILES;
            let problem = if fewer { "error-photos-many" } else { "error-files-many" };
            return Err(Error::invalid("files", problem).into());
        }
        kept.push(match media {
            true => files::accept_any(uploads, &file_name, &bytes).await?,
            false => files::accept(uploads, &file_name, &bytes).await?,
        });
    }
    Ok((form, kept))
}

/// The ids of the files that arrived before their form: `uploads`, with commas.
pub(crate) fn ids_of(form: &Form) -> Vec<&str> {
    let ids = form.text("uploads").unwrap_or_default().split(',').map(str::trim);
    ids.filter(|id| !id.is_empty()).take(MAX_FILES + 1).collect()
}

/// The files that arrived before their form.
pub(crate) async fn arrived(
    caller: &Caller,
    tx: &mut Tx,
    form: &Form,
) -> Result<Vec<Accepted>, Fault> {
    let (who, now) = (caller.viewer.telegram_id, caller.state.now());
    Ok(files::claim(tx, who, &ids_of(form), now).await?)
}

/// A form with one file that is read as it is, of at most `limit` bytes: its fields, and the file's
/// name and bytes where somebody chose one.
pub(crate) async fn one_file(
    mut parts: Multipart,
    limit: usize,
) -> Result<(Form, Option<(String, Vec<u8>)>), Fault> {
    let (mut form, mut file) = (Form::default(), None);
    while let Some(mut field) = parts.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let chosen = field.file_name().map(str::to_owned);
        let most = if chosen.is_some() { limit } else { MAX_FORM };
        let bytes = collect(&mut field, most).await?.ok_or(Fault::BodyTooLarge)?;
        match chosen {
            Some(chosen) if !bytes.is_empty() => file = Some((chosen, bytes)),
            Some(_) => {}
            None => form.put(name, String::from_utf8(bytes).map_err(|_| Fault::Malformed)?),
        }
    }
    Ok((form, file))
}

/// The field's bytes; none when there are more than `limit`.
async fn collect(field: &mut Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

async fn drain(parts: &mut Multipart) {
    let mut passed = 0;
    while let Ok(Some(mut field)) = parts.next_field().await {
        while let Ok(Some(chunk)) = field.chunk().await {
            passed += chunk.len();
            if passed > DRAIN {
                return;
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn broken(error: MultipartError) -> Fault {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::BodyTooLarge,
        _ => Fault::Malformed,
    }
}
