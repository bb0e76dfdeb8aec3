//! The command line. `mypark --help` is the manual of commands and environment alike.

mod desk;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub use desk::{DeliveriesCommand, EventsCommand, RetryArgs};

use crate::config::{ConfigError, variables};

/// What was asked for.
#[derive(Debug, Parser)]
#[command(
    name = "mypark",
    version,
    about = "«Мой Парк»: the after-sales desk of a machine-tool dealer"
)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The product: HTTP, bot, workers and scheduler in one process
    Serve {
        /// Only these roles, comma separated, where several processes share the work
        #[arg(long, value_enum, value_delimiter = ',')]
        only: Vec<Role>,
        /// Leave the database as it is instead of bringing it up to date first
        #[arg(long)]
        no_migrate: bool,
    },
    /// Bring the database up to date
    Migrate,
    /// Check configuration, database, Telegram, every CRM and mail; exit 1 where one fails
    Doctor {
        /// Mend what can be mended from here: our webhook in each CRM
        #[arg(long)]
        fix: bool,
    },
    /// Repeatable import with a report: created, changed, unchanged, refused with line numbers
    Import {
        /// What the file holds
        #[arg(value_enum)]
        what: ImportKind,
        /// CSV: UTF-8 or Windows-1251, comma or semicolon, header row; parts also as a YML feed
        file: PathBuf,
        /// Report only, change nothing
        #[arg(long)]
        dry_run: bool,
        /// How parts are taken
        #[command(flatten)]
        parts: PartsArgs,
    },
    /// The goods of a CRM as the catalogue of parts
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
    /// Who may do what
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Plates for machines: blank ones in sheets, and what they are on
    #[command(subcommand)]
    Plates(PlatesCommand),
    /// What was sent where, what waits and why
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// What came in from outside, raw, and why it was not understood
    #[command(subcommand)]
    Events(EventsCommand),
    /// Mint a bearer token for the administrator's HTTP routes; printed once, kept hashed
    Token {
        /// Whose it is
        #[arg(long)]
        name: String,
        /// When it expires, like 90d
        #[arg(long, value_parser = crate::config::values::duration)]
        expires: Option<std::time::Duration>,
    },
    /// A consistent copy of the database while the product runs
    Backup {
        /// Where the copy goes; must not exist
        file: PathBuf,
    },
}

/// Parts of the product that may run in a process of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// HTTP
    Web,
    /// Telegram
    Bot,
    /// Deliveries and incoming events
    Worker,
    /// What happens by the clock
    Scheduler,
}

/// What only an import of parts knows.
#[derive(Debug, Args)]
pub struct PartsArgs {
    /// Parts: the table names everything there is; what it does not name is switched off. A YML feed
    /// always does
    #[arg(long)]
    pub full: bool,
    /// Parts: whose goods these are, where several feeds are imported; what one does not name leaves
    /// the goods of others alone
    #[arg(long)]
    pub source: Option<String>,
    /// Parts: switch off more than a fifth of the goods as well
    #[arg(long)]
    pub force: bool,
}

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportKind {
    /// Machine models
    Models,
    /// Spare parts
    Parts,
    /// Machines
    Machines,
}

/// `mypark catalogue`.
#[derive(Debug, Subcommand)]
pub enum CatalogueCommand {
    /// Read what changed there since the last run; the first run, and --full, read everything
    Sync {
        /// Only this connection
        #[arg(long)]
        connection: Option<String>,
        /// Everything: what is gone there is found only so
        #[arg(long)]
        full: bool,
        /// Report only, change nothing
        #[arg(long)]
        dry_run: bool,
        /// Switch off however many goods are gone
        #[arg(long)]
        force: bool,
    },
    /// When each source was read last, and what came of it
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// `mypark staff`.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Grant a role
    Add {
        /// The person's Telegram id
        #[arg(long)]
        telegram_id: i64,
        /// What they may do
        #[arg(long, value_enum)]
        role: StaffRole,
        /// Their name
        #[arg(long)]
        name: String,
        /// Their e-mail, by which a portal of Bitrix24 knows them
        #[arg(long)]
        email: Option<String>,
        /// Their phone, by which a portal knows them where the e-mail does not tell
        #[arg(long)]
        phone: Option<String>,
    },
    /// Everyone with a role
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take the role back
    Remove {
        /// The person's Telegram id
        #[arg(long)]
        telegram_id: i64,
    },
}

/// `mypark plates`.
#[derive(Debug, Subcommand)]
pub enum PlatesCommand {
    /// Make blank plates and their sheets
    Make {
        /// How many
        #[arg(long)]
        count: usize,
        /// FILE.pdf for all sheets, or FILE.svg for the first; further ones get a number
        #[arg(long)]
        out: PathBuf,
    },
    /// The sheets of a batch once more
    Print {
        /// The batch, as `list` names it
        batch: String,
        /// FILE.pdf for all sheets, or FILE.svg for the first; further ones get a number
        #[arg(long)]
        out: PathBuf,
    },
    /// Every plate: its batch, its machine, when it was last looked at
    List {
        /// Only this batch
        #[arg(long)]
        batch: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put a blank plate on a machine
    Bind {
        /// The plate's code
        code: String,
        /// The machine's serial
        serial: String,
    },
}

/// Roles of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StaffRole {
    /// Does jobs
    Engineer,
    /// Takes and assigns requests
    Manager,
    /// Everything
    Administrator,
}

impl Cli {
    /// Reads the command line. `--help` and `--version` are printed and end the process.
    ///
    /// # Errors
    /// A command that cannot be understood, in one line.
    pub fn read() -> Result<Self, ConfigError> {
        match Self::parse_from_words(std::env::args_os()) {
            Err(error) if !error.use_stderr() => error.exit(),
            Err(error) => Err(one_line(&error)),
            Ok(cli) => Ok(cli),
        }
    }

    fn parse_from_words(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let command = Self::command().after_long_help(variables::manual());
        let matches = command.try_get_matches_from(words)?;
        Self::from_arg_matches(&matches)
    }
}

/// The first paragraph of what clap says; the rest repeats the usage.
fn one_line(error: &clap::Error) -> ConfigError {
    let text = error.to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let first = paragraph.trim_start_matches("error: ");
    let help = "see `mypark --help`";
    match error.kind() {
        // Without a command, clap prints its whole help instead of an error.
        clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ConfigError::new("mypark", format!("needs a command; {help}"))
        }
        _ => ConfigError::new("mypark", format!("{first}; {help}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::parse_from_words(line.split(' ').map(OsString::from))
    }

    #[test]
    fn commands_of_the_contract_are_understood() {
        Cli::command().debug_assert();
        for line in [
            "mypark serve",
            "mypark serve --only web,bot,worker,scheduler --no-migrate",
            "mypark migrate",
            "mypark doctor",
            "mypark import models models.csv --dry-run",
            "mypark import parts parts.csv",
            "mypark import parts feed.yml --source shop --full --force --dry-run",
            "mypark import machines machines.csv",
            "mypark staff add --telegram-id 5 --role engineer --name Пётр",
            "mypark catalogue sync --connection b24 --full --dry-run --force",
            "mypark catalogue status --json",
            "mypark staff list --json",
            "mypark staff remove --telegram-id 5",
            "mypark deliveries list --state dead --connection amo --json",
            "mypark deliveries show 7 --json",
            "mypark deliveries retry 7",
            "mypark deliveries retry --dead",
            "mypark deliveries retry --since 2026-01-01",
            "mypark deliveries dry-run 7",
            "mypark deliveries list --entity ORD-2026-000001 --csv",
            "mypark deliveries connections",
            "mypark deliveries cancel 7 --reason повтор",
            "mypark plates make --count 42 --out sheet.svg",
            "mypark plates print 20261123-070000 --out sheet.svg",
            "mypark plates list --batch 20261123-070000 --json",
            "mypark plates bind 7K3M-9QXT 1234",
            "mypark events list --state failed --source amo",
            "mypark events show 7 --json",
            "mypark events retry 7",
            "mypark events dry-run 7",
            "mypark token --name ci --expires 90d",
            "mypark backup copy.db",
        ] {
            assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
        }
    }

    #[test]
    fn faults_are_one_line() {
        for line in
            ["mypark", "mypark sevre", "mypark deliveries retry", "mypark serve --only disco"]
        {
            let error = one_line(&parse(line).unwrap_err()).to_string();
            assert_eq!(error.lines().count(), 1, "{error}");
            assert!(error.contains("mypark --help"), "{error}");
        }
        let error = one_line(&parse("mypark staff add --name Пётр").unwrap_err()).to_string();
        assert!(error.contains("--telegram-id") && error.contains("--role"), "{error}");
    }

    #[test]
    fn long_help_is_the_manual() {
        let help = parse("mypark --help").unwrap_err();
        assert!(!help.use_stderr());
        let text = help.to_string();
        assert!(text.contains("AMOCRM_WEBHOOK_SECRET") && text.contains("deliveries"), "{text}");
    }
}
