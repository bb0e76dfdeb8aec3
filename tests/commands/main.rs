//! The operator's stories: the real binary, command by command, as the contract names them.
//!
//! They run on a SQLite file, and on PostgreSQL when `TEST_DATABASE_URL` names a server.

mod catalogue;
mod consent;
mod deliveries;
mod events;
mod help;
mod imports;
mod portal;
mod serving;
mod walk;

use serde_json::Value;
use tests::Program;

/// A dealer whose database is there and empty.
async fn migrated() -> Program {
    let program = Program::prepare().await;
    program.ok(&["migrate"]).await;
    program
}

/// Imports a table of the demo; the command's report.
async fn import(program: &Program, what: &str, table: &[u8], dry_run: bool) -> tests::Ran {
    let file = program.path(&format!("{what}.csv"));
    std::fs::write(&file, table).expect("a file");
    let mut words = vec!["import", what, file.to_str().expect("UTF-8")];
    words.extend(dry_run.then_some("--dry-run"));
    program.run(&words).await
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
