//! Pages without data of their own: the public shell, the welcome, the problem.

use askama::Template;

use crate::{assets::Assets, ui::Ui};

/// The public shell: it holds no data, the script fills it.
#[derive(Template)]
#[template(path = "shell.html")]
pub(crate) struct ShellPage<'a> {
    pub(crate) ui: Ui,
    pub(crate) lang: &'static str,
    pub(crate) assets: &'a Assets,
    /// Both languages: who reads is known only after the launch is exchanged.
    pub(crate) both: [Ui; 2],
    pub(crate) bot_link: &'a str,
}

/// For a person whom no company is linked to yet.
#[derive(Template)]
#[template(path = "welcome.html")]
pub(crate) struct WelcomePage<'a> {
    pub(crate) ui: Ui,
    pub(crate) name: &'a str,
    pub(crate) bot_link: &'a str,
}

/// An invite that was opened here rather than in the chat.
#[derive(Template)]
#[template(path = "invite.html")]
pub(crate) struct InvitePage {
    pub(crate) ui: Ui,
    /// Opens the chat, which accepts the invite.
    pub(crate) link: String,
}

/// What went wrong and what to do.
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage<'a> {
    pub(crate) ui: Ui,
    pub(crate) title: &'a str,
    pub(crate) detail: &'a str,
    pub(crate) request_id: &'a str,
    /// Whether trying again may help.
    pub(crate) retry: bool,
}
