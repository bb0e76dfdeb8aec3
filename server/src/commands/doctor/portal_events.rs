//! Whether the portal tells us of what happens there, and with `--fix` asking it to.

use url::Url;

use crate::commands::doctor::approvers;
use crate::commands::doctor::report::Line;
use crate::config::{Bitrix24Settings, Config};
use crate::crm::bitrix24::inbound::hint::wanted;
use crate::crm::bitrix24::inbound::subscription::{address, bind, lacking};
use crate::crm::bitrix24::{BitrixCalls, CallError};

/// What is known of the application, where one is configured and has its access.
pub(super) struct Application<'a> {
    /// Through which it calls.
    pub(super) calls: BitrixCalls<'a>,
    /// Whether the token of its events is known.
    pub(super) knows_token: bool,
}

/// Looks for our events; with `fix` those that lack are asked for.
pub(super) async fn check(
    name: &str,
    config: &Config,
    settings: &Bitrix24Settings,
    app: Option<Application<'_>>,
    fix: bool,
) -> Line {
    let what = format!("{name} events");
    let rules = approvers::rules(config).await;
    let approvals = rules.iter().any(|rule| rule.connection == name);
    let polls = format!("the portal is asked every {} s instead", config.reconcile_every.as_secs());
    let Some(address) = config.public_url.as_ref().and_then(address) else {
        return Line::off(&what, format!("off: set PUBLIC_URL; {polls}"));
    };
    match app {
        Some(app) if app.knows_token || settings.application_token.is_some() => {
            bound(&what, &address, app.calls, (approvals, fix)).await
        }
        Some(_) => {
            let words = format!(
                "the token that its events bear is not known, so they would be refused: install \
                 the application anew with the installation path {address}; {polls}"
            );
            Line::warning(&what, words)
        }
        None if settings.application_token.is_some() => {
            let words =
                format!("by an outgoing webhook to {address}; it needs {}", names(approvals));
            Line::good(&what, words)
        }
        None => {
            let words = format!(
                "off: make an outgoing webhook to {address} in the portal with the events {} and \
                 put its token into BITRIX24_APPLICATION_TOKEN; {polls}",
                names(approvals)
            );
            Line::off(&what, words)
        }
    }
}

async fn bound(
    what: &str,
    address: &Url,
    calls: BitrixCalls<'_>,
    (approvals, fix): (bool, bool),
) -> Line {
    let looked = async {
        let lacks = lacking(calls, address, approvals).await?;
        match fix && !lacks.is_empty() {
            true => Ok((bind(calls, address, (&lacks, approvals)).await?, true)),
            false => Ok((lacks, false)),
        }
    };
    let looked: Result<(Vec<&str>, bool), CallError> = looked.await;
    match looked {
        Ok((lacks, mended)) if lacks.is_empty() => {
            let how = if mended { " (asked for just now)" } else { "" };
            Line::good(what, format!("they come to {address}{how}"))
        }
        Ok((lacks, _)) => {
            let words = "run `mypark doctor --fix`: the portal does not tell";
            Line::bad(what, format!("{words} {}", lacks.join(", ")))
        }
        Err(error) => Line::warning(what, format!("the portal does not say: {}", error.words())),
    }
}

/// What a webhook made by hand can be ticked for: a move between pipelines tells applications only.
fn names(approvals: bool) -> String {
    let by_hand = wanted(approvals).into_iter();
    by_hand.filter(|name| *name != "ONCRMDEALMOVETOCATEGORY").collect::<Vec<_>>().join(", ")
}
