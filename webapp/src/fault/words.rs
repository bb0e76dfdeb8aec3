//! What a person reads where a rule of the domain says no.

use domain::Error;

/// The keys of a title, and of what to do.
pub(super) fn domain_words(error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::NotFound => ("app-problem-not-found-title", "app-problem-not-found-text"),
        Error::Forbidden => ("app-problem-forbidden-title", "app-problem-forbidden-text"),
        Error::Invalid(fault) => ("app-problem-invalid-title", fault.problem),
        Error::Conflict("taken") => ("app-problem-conflict-title", "app-problem-taken-text"),
        Error::Conflict("assigned") => ("app-problem-conflict-title", "app-problem-assigned-text"),
        Error::Conflict("no_engineer") => {
            ("app-problem-conflict-title", "app-problem-no-engineer-text")
        }
        Error::Conflict("open_job") => ("app-problem-conflict-title", "app-problem-open-job-text"),
        Error::Conflict("begun") => ("app-problem-conflict-title", "app-problem-begun-text"),
        Error::Conflict("done") => ("app-problem-conflict-title", "app-problem-done-text"),
        Error::Conflict("window_chosen") => {
            ("app-problem-conflict-title", "app-problem-window-chosen-text")
        }
        Error::Conflict("window_gone") => {
            ("app-problem-conflict-title", "app-problem-window-gone-text")
        }
        Error::Conflict("rated") => ("app-problem-conflict-title", "app-problem-rated-text"),
        Error::Conflict("running") => ("app-problem-conflict-title", "app-problem-running-text"),
        Error::Conflict("delivered") => {
            ("app-problem-conflict-title", "app-problem-delivered-text")
        }
        Error::Conflict("quoted") => ("app-problem-conflict-title", "app-problem-quoted-text"),
        Error::Conflict("cart_changed") => {
            ("app-problem-conflict-title", "app-problem-cart-changed-text")
        }
        Error::Conflict("quote_over") => ("app-problem-conflict-title", "app-quote-over-note"),
        Error::Conflict("quote_replaced") => {
            ("app-problem-conflict-title", "app-problem-quote-replaced-text")
        }
        Error::Conflict("decided") => ("app-problem-conflict-title", "app-problem-decided-text"),
        Error::Conflict("no_new_owner") => {
            ("app-problem-conflict-title", "app-problem-no-new-owner-text")
        }
        Error::Conflict("last_administrator") => {
            ("app-problem-conflict-title", "app-problem-last-administrator-text")
        }
        Error::Conflict("mapping") => ("app-problem-conflict-title", "app-problem-mapping-text"),
        Error::Conflict("plate_bound") => {
            ("app-problem-conflict-title", "app-problem-plate_bound-text")
        }
        Error::Conflict("last_director") => {
            ("app-problem-conflict-title", "app-problem-last-director-text")
        }
        Error::Conflict("member") => ("app-problem-conflict-title", "app-problem-member-text"),
        Error::Conflict("pruned") => ("app-problem-conflict-title", "app-problem-pruned-text"),
        Error::Refused(refusal) => ("app-problem-conflict-title", refusal.key()),
        Error::Conflict(_) => ("app-problem-conflict-title", "app-problem-state-text"),
        Error::TooLarge(_) => ("app-problem-large-title", "error-file-large"),
        Error::UnsupportedFile(_) => ("app-problem-kind-title", "error-file-kind"),
        Error::Database(_) | Error::Storage(_) | Error::Data(_) => {
            ("app-problem-failed-title", "app-problem-failed-text")
        }
    }
}
