//! What is configured, what is off, and what does not fit together.

use std::path::Path;

use url::Url;

use crate::commands::doctor::report::Line;
use crate::commands::doctor::routing;
use crate::config::Config;

/// The configuration was read already, so every single value is well formed.
pub(super) fn check(config: &Config) -> Vec<Line> {
    let mut lines = vec![
        Line::good(
            "configuration",
            format!("listens on {}, time zone {}", config.listen, config.time_zone),
        ),
        address(config.public_url.as_ref()),
        uploads(&config.uploads_dir),
    ];
    if config.secret_key.is_none() {
        let words = "off: set SECRET_KEY (openssl rand -base64 32); without it nobody can sign in";
        lines.push(Line::off("Mini App", words));
    }
    lines.extend(routing::check(config));
    lines
}

fn address(public_url: Option<&Url>) -> Line {
    const WHAT: &str = "address";
    match public_url {
        None => Line::off(WHAT, "off: set PUBLIC_URL for the Mini App and for webhooks"),
        Some(url) if url.scheme() == "https" => Line::good(WHAT, url.as_str()),
        Some(url) => {
            let words = format!("{url} is not https: Telegram and CRMs take nothing else");
            Line::warning(WHAT, words)
        }
    }
}

fn uploads(folder: &Path) -> Line {
    const WHAT: &str = "uploads";
    let probe = folder.join(".doctor");
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Line::good(WHAT, format!("files go to {}", folder.display())),
        Err(error) => Line::bad(
            WHAT,
            format!(
                "{} cannot be written ({error}): make it writable for the product's user, or \
                 change UPLOADS_DIR",
                folder.display()
            ),
        ),
    }
}
