//! What one press does with an order, a request, a job or a reminder, and the letter that says so.

use domain::maintenance::Later;

macro_rules! acts {
    ($(#[$doc:meta] $name:ident { $(#[$act_doc:meta] $act:ident = $code:literal),* $(,)? })*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {$(
            #[$act_doc]
            $act,
        )*}

        impl $name {
            #[cfg(test)]
            pub(super) const ALL: &[$name] = &[$($name::$act),*];

            pub(super) fn code(self) -> &'static str {
                match self { $($name::$act => $code),* }
            }

            pub(super) fn from_code(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$act),)* _ => None }
            }
        }
    )*};
}

acts! {
    /// What a customer does with an order.
    OrderAct {
        /// Show its card.
        Show = "s",
        /// Ask whether to call it off.
        AskCancel = "a",
        /// Call it off.
        Cancel = "c",
        /// Ask the managers to call it off, though it was confirmed.
        AskLate = "l",
        /// Put its lines into the cart again.
        Repeat = "r",
    }
    /// What a customer does with a request.
    RequestAct {
        /// Show its card.
        Show = "s",
        /// Ask whether to call it off.
        AskCancel = "a",
        /// Call it off.
        Cancel = "c",
        /// It is mended: close it.
        Confirm = "k",
        /// It is not mended: open it again.
        Reopen = "o",
    }
    /// What an engineer does with a job.
    JobAct {
        /// Show its card.
        Show = "s",
        /// Accept it.
        Accept = "a",
        /// Begin or go on.
        Start = "w",
        /// Pause.
        Pause = "p",
        /// Report it done.
        Done = "d",
    }
    /// What a customer answers to the reminder of a maintenance.
    MaintenanceAct {
        /// Show the reminder again.
        Show = "s",
        /// Book a visit.
        Book = "b",
        /// Put its kit into the cart.
        Kit = "k",
        /// We did it ourselves.
        Own = "o",
        /// Ask when to remind again.
        AskLater = "l",
        /// Remind in three days.
        ThreeDays = "3",
        /// Remind in a week.
        Week = "7",
        /// Remind in a month.
        Month = "m",
    }
}

impl From<Later> for MaintenanceAct {
    fn from(later: Later) -> MaintenanceAct {
        match later {
            Later::ThreeDays => MaintenanceAct::ThreeDays,
            Later::Week => MaintenanceAct::Week,
            Later::Month => MaintenanceAct::Month,
        }
    }
}
