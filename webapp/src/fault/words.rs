//! What the domain's refusals say to people: keys of the texts.

use domain::Error;

/// The title and the sentence of a refusal, by their keys.
pub(super) fn domain_words(error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::NotFound => ("app-problem-not-found-title", "app-problem-not-found-text"),
        Error::Forbidden => ("app-problem-forbidden-title", "app-problem-forbidden-text"),
        Error::Invalid(fault) => ("app-problem-invalid-title", fault.problem),
        Error::Refused(refusal) => ("app-problem-conflict-title", refusal.key()),
        Error::Conflict(what) => ("app-problem-conflict-title", conflict(what)),
        Error::TooLarge(_) => ("app-problem-large-title", "error-file-large"),
        Error::UnsupportedFile(_) => ("app-problem-kind-title", "error-file-kind"),
        Error::Database(_) | Error::Storage(_) | Error::Data(_) => {
            ("app-problem-failed-title", "app-problem-failed-text")
        }
    }
}

/// What has changed already, in a sentence.
fn conflict(what: &str) -> &'static str {
    match what {
        "taken" => "app-problem-taken-text",
        "assigned" => "app-problem-assigned-text",
        "no_engineer" => "app-problem-no-engineer-text",
        "open_job" => "app-problem-open-job-text",
        "begun" => "app-problem-begun-text",
        "done" => "app-problem-done-text",
        "window_chosen" => "app-problem-window-chosen-text",
        "window_gone" => "app-problem-window-gone-text",
        "rated" => "app-problem-rated-text",
        "running" => "app-problem-running-text",
        "delivered" => "app-problem-delivered-text",
        "quoted" => "app-problem-quoted-text",
        "cart_changed" => "app-problem-cart-changed-text",
        "quote_over" => "app-quote-over-note",
        "quote_replaced" => "app-problem-quote-replaced-text",
        "decided" => "app-problem-decided-text",
        "no_new_owner" => "app-problem-no-new-owner-text",
        "last_administrator" => "app-problem-last-administrator-text",
        "mapping" => "app-problem-mapping-text",
        "plate_bound" => "app-problem-plate_bound-text",
        "director" => "app-problem-director-text",
        "offer_gone" => "app-problem-offer-gone-text",
        "last_director" => "app-problem-last-director-text",
        "member" => "app-problem-member-text",
        "pruned" => "app-problem-pruned-text",
        _ => "app-problem-state-text",
    }
}
