//! The parts that several pages share; their markup stands in `templates/_parts.html`.

/// How loud a thing speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Ok,
    Warning,
    Danger,
    /// A machine stands.
    Down,
}

impl Tone {
    /// The class of a badge.
    pub(crate) fn badge(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => "badge-ok",
            Self::Warning => "badge-warning",
            Self::Danger => "badge-danger",
            Self::Down => "badge-down",
        }
    }

    /// The class of a cell's icon; what is in order keeps the theme's colour.
    pub(crate) fn icon(self) -> &'static str {
        match self {
            Self::Plain | Self::Ok => "",
            Self::Warning => "cell-icon-warning",
            Self::Danger => "cell-icon-danger",
            Self::Down => "cell-icon-down",
        }
    }

    /// The class of a text; what is in order needs no colour there.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Plain | Self::Ok => "",
            Self::Warning => "tone-warning",
            Self::Danger => "tone-danger",
            Self::Down => "tone-down",
        }
    }
}

/// A state in a word or two.
#[derive(Debug, Clone)]
pub(crate) struct Badge {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// A machine as a cell: what it is and the one thing worth saying about it now.
#[derive(Debug, Clone)]
pub(crate) struct MachineCell {
    pub(crate) href: String,
    pub(crate) model: String,
    pub(crate) serial: String,
    pub(crate) note: String,
    pub(crate) tone: Tone,
}

/// An order, a request or a job as a cell.
#[derive(Debug, Clone)]
pub(crate) struct CaseCell {
    pub(crate) href: String,
    pub(crate) number: String,
    pub(crate) note: String,
    pub(crate) badge: Badge,
    /// How long the machine has stood; empty when it does not.
    pub(crate) clock: String,
    /// Kopecks.
    pub(crate) total: Option<i64>,
}

/// A label with its value.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: String,
    /// A code: in a monospace face, copied by a tap.
    pub(crate) mono: bool,
}

/// A file to open by a signed link.
#[derive(Debug, Clone)]
pub(crate) struct FileLink {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) extension: String,
}

impl FileLink {
    /// Something to be listened to.
    pub(crate) fn is_audio(&self) -> bool {
        matches!(self.extension.as_str(), "ogg" | "mp3" | "m4a" | "wav")
    }

    /// Something to be watched.
    pub(crate) fn is_video(&self) -> bool {
        matches!(self.extension.as_str(), "mp4" | "mov" | "webm")
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) at: String,
    pub(crate) title: String,
}

/// Where on its way a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepState {
    Done,
    Now,
    Ahead,
}

impl StepState {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Done => "is-done",
            Self::Now => "is-now",
            Self::Ahead => "",
        }
    }

    pub(crate) fn is_now(self) -> bool {
        self == Self::Now
    }
}

/// One step of a case's way.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) label: String,
    pub(crate) state: StepState,
}

/// One of several values of a field.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) note: String,
    pub(crate) selected: bool,
}

/// One message of a thread.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) who: String,
    /// Written by the reader.
    pub(crate) own: bool,
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) photos: Vec<FileLink>,
    pub(crate) files: Vec<FileLink>,
}

/// A link with a title.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) title: String,
}
