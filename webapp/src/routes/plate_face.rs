//! The public face of a plate: what anybody may see whose camera read it, and «Станок стоит» without
//! an account. Open to the world, so the rate is judged before a form is read, its size before it is
//! taken, its files by content, and its haste.

use std::net::{IpAddr, SocketAddr};

use askama::Template as _;
use axum::Router;
use axum::extract::{
    ConnectInfo, DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Json};
use axum::routing::get;
use chrono::TimeDelta;
use domain::files::MAX_FILE;
use domain::plates::{self, Call, Face, MAX_PHOTOS, Plate};
use domain::text::{FieldFault, Phone};
use domain::{Error, ids};
use serde_json::json;

use crate::auth::commit;
use crate::fault::{Fault, Manner};
use crate::input::{Form, essence};
use crate::present;
use crate::reply::Answer;
use crate::state::AppState;
use crate::upload::Upload;
use crate::views::plates::{CallForm, PlatePage};

/// The photos, and room for the fields.
#[expect(clippy::cast_possible_truncation, reason = "thirty megabytes fit any usize")]
const MAX_CALL: usize = MAX_PHOTOS * MAX_FILE as usize + 256 * 1024;
/// People take longer to fill the form.
const HASTE: TimeDelta = TimeDelta::seconds(3);
/// A page that lay open for longer asks for a fresh form.
const STALE: TimeDelta = TimeDelta::days(7);

/// Beside the Mini App, whose refusals are pages of its own: here each stands on the page itself.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/p/{code}", get(show).post(call)).layer(DefaultBodyLimit::max(MAX_CALL))
}

/// What a page has to say beside the plate itself.
#[derive(Default)]
struct Said<'a> {
    status: StatusCode,
    /// What went wrong, and with which field.
    fault: Option<(&'static str, Option<FieldFault>)>,
    /// The number of the request that was made.
    number: Option<String>,
    /// What was typed already.
    typed: Option<&'a Form>,
}

/// Access: anyone. That somebody looked is noted without who it was.
async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(code): Path<String>,
) -> Answer {
    let manner = Manner::of(&headers);
    let (plate, face) = look(&state, &code, true).await?;
    let Some(plate) = plate else { return nowhere(&state, &manner) };
    if manner.json {
        return Ok(Json(shown(&plate, face.as_ref())).into_response());
    }
    draw(&state, &manner, (&plate, face.as_ref()), Said::default())
}

/// Access: anyone. `name`?, `phone`, `text`?, `consent`, `files`*, and what the form itself bears. The
/// same `client_key` again answers the request that it made.
async fn call(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(code): Path<String>,
    request: Request,
) -> Answer {
    let manner = Manner::of(&headers);
    let (plate, face) = look(&state, &code, false).await?;
    let Some((plate, machine)) = plate.and_then(|plate| Some((plate.clone(), plate.machine?)))
    else {
        return nowhere(&state, &manner);
    };
    let mut form = None;
    let made = match read(&state, &plate, request, &headers).await {
        Ok((fields, mut call)) => {
            let made = keep(&state, &plate, &machine, (&fields, &mut call)).await;
            form = Some(fields);
            made
        }
        Err(fault) => Err(fault),
    };
    match made {
        Ok((number, status)) if manner.json => {
            Ok((status, Json(json!({ "request": { "number": number } }))).into_response())
        }
        Ok((number, status)) => {
            let said = Said { status, number: Some(number), ..Said::default() };
            draw(&state, &manner, (&plate, face.as_ref()), said)
        }
        Err(fault) if !manner.wants_page() => {
            Ok(fault.told(state.ui(manner.lang()), state.now(), None))
        }
        Err(fault) => {
            let (_, words) = fault.words();
            let said = Said {
                status: fault.status(),
                fault: Some((words, fault.field())),
                typed: form.as_ref(),
                ..Said::default()
            };
            let page = draw(&state, &manner, (&plate, face.as_ref()), said)?;
            Ok(fault.told(state.ui(manner.lang()), state.now(), Some(page)))
        }
    }
}

/// The plate with what it shows; notes the look.
async fn look(
    state: &AppState,
    code: &str,
    note: bool,
) -> Result<(Option<Plate>, Option<Face>), Fault> {
    let mut db = state.db().read().await.map_err(Error::from)?;
    let Some(plate) = plates::find(&mut db, code).await? else { return Ok((None, None)) };
    let face = match &plate.machine {
        Some(machine) => Some(plates::face(&mut db, machine).await?),
        None => None,
    };
    drop(db);
    if note {
        let mut tx = state.db().begin().await.map_err(Error::from)?;
        plates::scanned(&mut tx, state.dealer(), &plate, None).await?;
        commit(tx).await?;
    }
    Ok((Some(plate), face))
}

/// The form, once its sender is known to be in no hurry.
async fn read(
    state: &AppState,
    plate: &Plate,
    request: Request,
    headers: &HeaderMap,
) -> Result<(Form, Call), Fault> {
    if essence(headers) != "multipart/form-data" {
        return Err(Fault::BodyType);
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip());
    let from = state.address(peer, headers);
    state.calls().take(from, &plate.code, state.moment()).map_err(Fault::TooMany)?;
    let parts = Multipart::from_request(request, state).await.map_err(|_| Fault::Malformed)?;
    let upload = Upload::Parts(Box::new(parts));
    let (form, photos) = upload.accept_at_most(&state.dealer().uploads, MAX_PHOTOS).await?;
    let call = Call {
        client_key: form.owned("client_key").unwrap_or_default(),
        name: form.owned("name").unwrap_or_default(),
        phone: form.owned("phone").unwrap_or_default(),
        text: form.owned("text").unwrap_or_default(),
        consent: form.flag("consent"),
        photos,
    };
    Ok((form, call))
}

async fn keep(
    state: &AppState,
    plate: &Plate,
    machine: &domain::ids::MachineId,
    (form, call): (&Form, &mut Call),
) -> Result<(String, StatusCode), Fault> {
    let open = form.text("opened");
    let open = open.and_then(|stamp| state.signer().stamped(&plate.code, stamp, state.now()));
    match open {
        // A field that people do not see.
        _ if form.text("form_trap").is_some() => {
            return Err(Error::invalid("form", "error-plate-robot").into());
        }
        Some(open) if (HASTE..STALE).contains(&open) => {}
        Some(open) if open < HASTE => {
            return Err(Error::invalid("form", "error-plate-haste").into());
        }
        _ => return Err(Error::invalid("form", "error-client-key").into()),
    }
    if let Some(phone) = Phone::parse(&call.phone) {
        let phone = phone.to_string();
        state.calls().take_for(phone, state.moment()).map_err(Fault::TooMany)?;
    }
    let mut tx = state.db().begin().await.map_err(Error::from)?;
    let (request, fresh) = plates::call(&mut tx, state.dealer(), machine, call).await?;
    commit(tx).await?;
    Ok((request.number, if fresh { StatusCode::CREATED } else { StatusCode::OK }))
}

fn shown(plate: &Plate, face: Option<&Face>) -> serde_json::Value {
    json!({ "plate": { "code": plate.code, "machine": face } })
}

fn nowhere(state: &AppState, manner: &Manner) -> Answer {
    let fault = Fault::from(Error::NotFound);
    let ui = state.ui(manner.lang());
    if !manner.wants_page() {
        return Ok(fault.told(ui, state.now(), None));
    }
    let page = PlatePage {
        ui,
        lang: ui.lang(),
        assets: state.assets(),
        title: ui.s("app-plate-unknown").to_owned(),
        about: String::new(),
        photo: None,
        blank: false,
        unknown: true,
        seller: state.seller().name.clone(),
        phone: state.seller().phone.as_ref().map(|phone| (phone.to_string(), phone.shown())),
        telegram: state.bot_link().to_owned(),
        number: None,
        note: String::new(),
        form: None,
    };
    Ok((StatusCode::NOT_FOUND, Html(page.render()?)).into_response())
}

fn draw(
    state: &AppState,
    manner: &Manner,
    (plate, face): (&Plate, Option<&Face>),
    said: Said<'_>,
) -> Answer {
    let ui = state.ui(manner.lang());
    let title = match face {
        Some(face) => face.model.clone(),
        None => ui.s("app-plate-blank").to_owned(),
    };
    let about = face.map(|face| {
        let parts = [face.category.as_str(), face.maker.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    });
    let form = (face.is_some() && said.number.is_none()).then(|| call_form(state, plate, &said));
    let note = match &said.fault {
        // What is wrong with a field stands at the field.
        Some((_, Some(field))) if CallForm::FIELDS.contains(&field.field) => String::new(),
        Some((words, _)) => ui.s(words).to_owned(),
        None => String::new(),
    };
    let page = PlatePage {
        ui,
        lang: ui.lang(),
        assets: state.assets(),
        title,
        about: about.unwrap_or_default(),
        photo: present::photo(face.and_then(|face| face.photo.as_ref())),
        blank: face.is_none(),
        unknown: false,
        seller: state.seller().name.clone(),
        phone: state.seller().phone.as_ref().map(|phone| (phone.to_string(), phone.shown())),
        telegram: state.plate_in_telegram(&plate.code),
        number: said.number,
        note,
        form,
    };
    Ok((said.status, Html(page.render()?)).into_response())
}

/// The form, with what was typed into it before. Its key and its stamp stay those of the first try.
fn call_form(state: &AppState, plate: &Plate, said: &Said<'_>) -> CallForm {
    let typed = |name: &str| {
        let text = said.typed.and_then(|form| form.text(name));
        text.unwrap_or_default().to_owned()
    };
    let stale = matches!(said.fault, Some(("error-client-key", _)));
    let kept = |name: &str, fresh: String| {
        let known = typed(name);
        if known.is_empty() || stale { fresh } else { known }
    };
    CallForm {
        action: format!("/p/{}", plate.code),
        client_key: kept("client_key", ids::new_token()),
        opened: kept("opened", state.signer().stamp(&plate.code, state.now())),
        name: typed("name"),
        phone: typed("phone"),
        text: typed("text"),
        consent: said.typed.is_some_and(|form| form.flag("consent")),
        wrong: said.fault.and_then(|(_, field)| field),
    }
}
