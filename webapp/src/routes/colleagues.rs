//! One company of a customer: its people; for a director the links that bring more of them, and the
//! passing on of the company.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use domain::db::Executor;
use domain::ids::CompanyId;
use domain::people::{self, Colleague, Invite, MemberRole, MembershipState};
use domain::{Error, Money, ids};
use serde_json::json;

use crate::auth::{Caller, Visit, commit};
use crate::input::Form;
use crate::present;
use crate::reply::{Answer, page, see_other};
use crate::routes::company::{BASE, limit, role_word, roles, typed_role};
use crate::state::AppState;
use crate::ui::Ui;
use crate::views::company::{ColleagueCell, ColleaguesPage, InviteCell};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/app/company/{id}", get(show))
        .route("/app/company/{id}/invites", post(invite))
        .route("/app/company/{id}/invites/{invite}/revoke", post(revoke))
        .route("/app/company/{id}/leave", post(leave))
        .route("/app/company/{id}/direction", post(offer))
        .route("/app/company/{id}/direction/take", post(take))
        .route("/app/company/{id}/direction/decline", post(decline))
}

/// Access: customer (an active member). Four queries.
async fn show(mut visit: Visit, Path(id): Path<String>) -> Answer {
    let (caller, db) = visit.parts();
    one(caller, db, CompanyId::from(id), None).await
}

/// The page; `token` is of the link that was just made, which is shown once.
async fn one(
    caller: &Caller,
    db: &mut impl Executor,
    id: CompanyId,
    token: Option<String>,
) -> Answer {
    let me = &caller.viewer.customer()?.id;
    let people = people::colleagues(db, me, &id).await?;
    let mine = people.iter().find(|one| one.customer_id == *me).ok_or(Error::NotFound)?;
    let directs = mine.role == MemberRole::Director;
    let invites = match directs {
        true => people::open_invites(db, &id, caller.state.now()).await?,
        false => Vec::new(),
    };
    if caller.json {
        return Ok(Json(data(caller, &people, &invites, token.as_deref())).into_response());
    }
    let company = people::company(db, &id).await?.ok_or(Error::NotFound)?;
    let ui = caller.ui;
    let link = token.map(|token| link(caller, &token)).unwrap_or_default();
    let heir =
        |one: &&Colleague| one.state == MembershipState::Active && one.role != MemberRole::Director;
    let heirs = people.iter().filter(heir).filter(|_| directs);
    page(&ColleaguesPage {
        ui,
        id: id.to_string(),
        offered: mine.offered,
        people: people.iter().map(|one| cell(ui, one, me)).collect(),
        directs,
        invites: invites.iter().map(|one| invite_cell(ui, one)).collect(),
        share: if link.is_empty() { String::new() } else { share(ui, &link, &company.name) },
        link,
        roles: roles(ui),
        heirs: heirs.map(|one| present::choice(&one.id, shown(ui, &one.name), false)).collect(),
        name: company.name,
    })
}

fn data(
    caller: &Caller,
    people: &[Colleague],
    invites: &[Invite],
    token: Option<&str>,
) -> serde_json::Value {
    let person = |one: &Colleague| {
        json!({
            "id": one.id, "name": one.name, "role": one.role, "state": one.state,
            "order_limit": one.order_limit, "offered": one.offered,
        })
    };
    let invite = |one: &Invite| {
        json!({
            "id": one.id, "note": one.note, "role": one.role, "order_limit": one.order_limit,
            "expires_at": one.expires_at,
        })
    };
    json!({
        "people": people.iter().map(person).collect::<Vec<_>>(),
        "invites": invites.iter().map(invite).collect::<Vec<_>>(),
        "link": token.map(|token| link(caller, token)),
    })
}

fn link(caller: &Caller, token: &str) -> String {
    format!("{}?start=i_{token}", caller.state.bot_link())
}

/// Telegram's own page that asks whom to send a link to.
fn share(ui: Ui, link: &str, company: &str) -> String {
    let words = ui.with("app-company-share-text", "company", company);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("url", link)
        .append_pair("text", &words)
        .finish();
    format!("https://t.me/share/url?{query}")
}

fn shown(ui: Ui, name: &str) -> String {
    if name.is_empty() { ui.s("console-nameless").to_owned() } else { name.to_owned() }
}

fn cell(ui: Ui, one: &Colleague, me: &ids::CustomerId) -> ColleagueCell {
    let note = [
        Some(role_word(ui, one.role)),
        one.order_limit.map(|most| limit(ui, most.as_kopecks())),
        (one.customer_id == *me).then(|| ui.s("app-company-you").to_owned()),
        (one.state == MembershipState::Pending).then(|| ui.s("membership-pending").to_owned()),
        one.offered.then(|| ui.s("app-company-offered").to_owned()),
    ];
    let note = note.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    ColleagueCell { name: shown(ui, &one.name), note }
}

fn invite_cell(ui: Ui, one: &Invite) -> InviteCell {
    let note = [
        one.role.map(|role| role_word(ui, role)),
        one.order_limit.map(|most| limit(ui, most.as_kopecks())),
        Some(ui.with("app-company-until", "when", ui.when(one.expires_at))),
    ];
    InviteCell {
        id: one.id.clone(),
        name: one.note.clone(),
        note: note.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// Access: customer (a director of it). `note` says for whom, `limit` is in roubles.
async fn invite(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let director = &caller.viewer.customer()?.id;
    let id = CompanyId::from(id);
    let mut tx = caller.begin().await?;
    people::must_direct(&mut tx, director, &id).await?;
    let limit = match form.text("limit") {
        Some(text) => {
            Some(Money::parse_roubles(text).ok_or(Error::invalid("limit", "error-money"))?)
        }
        None => None,
    };
    let terms = (typed_role(&form)?, limit);
    let note = form.required("note")?;
    let dealer = caller.state.dealer();
    let token = people::invite_colleague(&mut tx, dealer, director, &id, terms, note).await?;
    commit(tx).await?;
    let mut db = caller.state.db().read().await.map_err(Error::from)?;
    one(&caller, &mut db, id, Some(token)).await
}

/// Access: customer (a director of it). The link opens nothing from now on.
async fn revoke(caller: Caller, Path((id, invite)): Path<(String, String)>) -> Answer {
    let director = &caller.viewer.customer()?.id;
    let id = CompanyId::from(id);
    let mut tx = caller.begin().await?;
    people::revoke_colleague(&mut tx, caller.state.dealer(), director, &id, &invite).await?;
    commit(tx).await?;
    done(&caller, "revoked", &format!("{BASE}/{id}"))
}

/// Access: customer (their companies).
async fn leave(caller: Caller, Path(id): Path<String>) -> Answer {
    let customer = caller.viewer.customer()?;
    let mut tx = caller.begin().await?;
    people::leave(&mut tx, &customer.id, &CompanyId::from(id)).await?;
    commit(tx).await?;
    done(&caller, "left", BASE)
}

/// Access: customer (a director of it). Offers the company to the `member`.
async fn offer(caller: Caller, Path(id): Path<String>, form: Form) -> Answer {
    let director = &caller.viewer.customer()?.id;
    let id = CompanyId::from(id);
    let member = form.text("member").unwrap_or_default();
    let mut tx = caller.begin().await?;
    people::offer_direction(&mut tx, caller.state.dealer(), director, &id, member).await?;
    commit(tx).await?;
    done(&caller, "offered", &format!("{BASE}/{id}"))
}

/// Access: customer (to whom it is offered).
async fn take(caller: Caller, Path(id): Path<String>) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let id = CompanyId::from(id);
    let mut tx = caller.begin().await?;
    people::take_direction(&mut tx, caller.state.dealer(), customer, &id).await?;
    commit(tx).await?;
    done(&caller, "taken", &format!("{BASE}/{id}"))
}

/// Access: customer (to whom it is offered).
async fn decline(caller: Caller, Path(id): Path<String>) -> Answer {
    let customer = &caller.viewer.customer()?.id;
    let id = CompanyId::from(id);
    let mut tx = caller.begin().await?;
    people::decline_direction(&mut tx, caller.state.dealer(), customer, &id).await?;
    commit(tx).await?;
    done(&caller, "declined", &format!("{BASE}/{id}"))
}

fn done(caller: &Caller, what: &str, next: &str) -> Answer {
    match caller.json {
        true => Ok(Json(json!({ what: true })).into_response()),
        false => Ok(see_other(next)),
    }
}
