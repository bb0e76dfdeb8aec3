//! What a phone loads, in bytes over the wire: packed as the server packs it, without pictures.

use tests::App;

/// What the first screen may weigh in all: the shell, its script and style, the park.
const FIRST_SCREEN: usize = 60 * 1024;
/// What each later one may.
pub(crate) const LATER_SCREEN: usize = 15 * 1024;

/// Asks as every web view that Telegram has does. The client of the tests unpacks nothing.
fn packed(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.header("Accept-Encoding", "gzip, br")
}

/// The same, as the script of the Mini App asks for a page, or a program for data.
pub(crate) fn asked(request: reqwest::RequestBuilder, accept: &str) -> reqwest::Request {
    let mut request = packed(request).header("HX-Request", "true").build().expect("a request");
    request.headers_mut().insert("Accept", accept.parse().expect("a header"));
    request
}

/// Loads what a phone loads at its first visit, and holds it against the budget.
pub(crate) async fn first_screen(app: &App, person: i64) {
    let shell = app.http.get(format!("{}/app", app.base)).send().await.expect("the shell");
    let shell = shell.text().await.expect("its text");
    // What the shell loads by itself, not what a later page may ask for.
    let words: Vec<&str> = shell.split('"').collect();
    let loads = |before: &str| {
        ["src=", "href=", "data-worker="].iter().any(|attribute| before.ends_with(attribute))
    };
    let pairs = words.windows(2).filter(|pair| loads(pair[0]) && pair[1].starts_with("/assets/"));
    let parts: Vec<&str> = pairs.map(|pair| pair[1]).collect();
    assert_eq!(parts.len(), 4, "the shell loads three scripts and a style: {parts:?}");
    let mut bill = Vec::new();
    for path in ["/app"].into_iter().chain(parts) {
        let request = packed(app.http.get(format!("{}{path}", app.base))).build();
        bill.push((path, weigh(app, request.expect("a request")).await));
    }
    let park = app.mini_app(person).request(reqwest::Method::GET, "/app/park");
    bill.push(("/app/park", weigh(app, asked(park, "*/*")).await));
    let sum: usize = bill.iter().map(|(_, bytes)| bytes).sum();
    assert!(sum <= FIRST_SCREEN, "{sum} bytes of at most {FIRST_SCREEN}: {bill:#?}");
}

/// A build of the tests serves the built files as they lie there; the product's carries them packed.
async fn weigh(app: &App, request: reqwest::Request) -> usize {
    let answer = app.http.execute(request).await.expect("an answer");
    assert!(answer.status().is_success(), "{}: {}", answer.url(), answer.status());
    let as_it_lies = answer.headers().get("content-encoding").is_none();
    let body = answer.bytes().await.expect("a body");
    if as_it_lies { pack(&body) } else { body.len() }
}

fn pack(body: &[u8]) -> usize {
    let mut packed = Vec::new();
    let mut from = body;
    let as_usual = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut from, &mut packed, &as_usual).expect("memory takes it");
    packed.len()
}
