//! Files as the links of the portal give them, and the words for addresses that are not there.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::bitrix24::answer::Refusal;
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::params::Params;
use crate::bitrix24::php;
use crate::bitrix24::values::{int, text};

/// Anything outside `/rest` and `/oauth`.
pub(crate) async fn any_file(State(portal): State<Bitrix24>, request: Request) -> Response {
    let params = Params::new(php::parse(request.uri().query().unwrap_or_default()));
    let found = params.int("fileId").and_then(|id| portal.file(id));
    match found {
        Some(file) => named(&file.name, file.content),
        None if request.uri().path().starts_with("/rest") => {
            Refusal::named("ERROR_METHOD_NOT_FOUND").map_or_else(absent, |one| one.response())
        }
        None => absent(),
    }
}

/// A file by one of the links that look like methods; they are signed, so nobody is asked who they are.
pub(crate) fn by_link(portal: &Bitrix24, method: &str, params: &Params) -> Option<Response> {
    let link = method == "catalog.product.download" || method == "crm.controller.item.getfile";
    let file = params.int("fileId").filter(|_| link)?;
    Some(portal.file(file).map_or_else(absent, |file| named(&file.name, file.content)))
}

/// A picture of a product, asked for by `catalog.product.download`.
pub(crate) struct ProductFile {
    product: i64,
    field: String,
    file: i64,
}

/// What such a call asks for; the signed links of [`by_link`] name the file beside its fields.
pub(crate) fn of_product(method: &str, params: &Params) -> Option<ProductFile> {
    let fields = params.map("fields").filter(|_| method == "catalog.product.download")?;
    let number = |name: &str| fields.get(name).and_then(int);
    let field = fields.get("fieldName").map(text)?;
    Some(ProductFile { product: number("productId")?, field, file: number("fileId")? })
}

impl ProductFile {
    /// Its bytes.
    pub(crate) fn find(&self, portal: &Bitrix24) -> Result<Vec<u8>, Refusal> {
        let state = portal.portal();
        let holds = state.goods.get("product", self.product).and_then(|row| row.get(&self.field));
        let file = state.files.get(&self.file).filter(|_| holds.and_then(int) == Some(self.file));
        let absent = || Refusal::new(200040300020_i64, "File not found");
        file.map(|file| file.content.clone()).ok_or_else(absent)
    }
}

/// A sandbox file opens as a download only, whatever it calls itself.
pub(crate) fn bytes(content: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    (headers, content).into_response()
}

/// The same with the name that it was kept under.
fn named(name: &str, content: Vec<u8>) -> Response {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let said = format!("attachment; filename*=utf-8''{}", name.replace('+', "%20"));
    let mut answer = bytes(content);
    if let Ok(said) = said.parse() {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, said);
    }
    answer
}

fn absent() -> Response {
    let page = "<html><head><title>404 Not Found</title></head><body>404</body></html>";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}
