//! The sandbox's CRMs satisfy clients that others wrote: fast-bitrix24 and aioamocrm, from PyPI.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::Clock;
use sandbox::amocrm::{Amocrm, AmocrmOptions};
use sandbox::bitrix24::{Bitrix24, Bitrix24Options};
use tokio::net::TcpListener;
use tokio::process::Command;

/// A client that waits for something waits for ever; the first run also fetches the clients.
const PATIENCE: Duration = Duration::from_secs(400);

async fn address() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}

/// Runs a script of this folder; its own words are the failure's.
async fn script(name: &str, arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let run =
        Command::new(folder.join("run.sh")).arg(name).args(arguments).kill_on_drop(true).output();
    let run = tokio::time::timeout(PATIENCE, run).await.expect("an end").expect("a script");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{name}: {}\n{said}", run.status);
}

#[tokio::test]
async fn fast_bitrix24_works_with_the_portal() {
    let (listener, url) = address().await;
    let clock = Clock::system();
    let options = Bitrix24Options::new(url.clone(), Arc::new(move || clock.now()));
    let client = options.client.clone();
    let portal = Bitrix24::new(options);
    serve(listener, portal.router());
    let (stale, refresh) = portal.issue_tokens();
    portal.expire_access_tokens();
    let (rest, tokens) = (format!("{url}/rest/"), format!("{url}/oauth/token/"));
    let arguments =
        [&portal.webhook_url(), &rest, &tokens, &client.id, &client.secret, &stale, &refresh];
    script("bitrix24.py", &arguments.map(String::as_str)).await;
    assert_eq!(portal.leads().len(), 121);
    assert!(portal.calls().iter().any(|call| call.status == Some(401)), "a token had expired");
}

#[tokio::test]
async fn aioamocrm_works_with_the_account() {
    let (listener, url) = address().await;
    let clock = Clock::system();
    let mut options = AmocrmOptions::new(url.clone(), Arc::new(move || clock.now()));
    options.rate_per_second = 0;
    let (client, token) = (options.client.clone(), options.access_token.clone());
    let amo = Amocrm::new(options);
    serve(listener, amo.router());
    let code = amo.issue_code();
    let arguments = [&url, &token, &client.id, &client.secret, &client.redirect_uri, &code];
    script("amocrm.py", &arguments.map(String::as_str)).await;
    assert_eq!(amo.leads().len(), 61);
}
