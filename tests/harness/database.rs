//! A fresh database for each story: a SQLite file, or a database of the PostgreSQL server that
//! `TEST_DATABASE_URL` names.

use tempfile::TempDir;

/// Lives as long as the story.
#[derive(Debug)]
pub struct TestDatabase {
    /// Where it is.
    pub url: String,
    /// Files of the story: uploads, and the SQLite file.
    pub folder: TempDir,
}

impl TestDatabase {
    /// Makes an empty one.
    pub async fn create() -> anyhow::Result<TestDatabase> {
        let folder = tempfile::tempdir()?;
        let url = match server_url() {
            Some(server) => create_in(&server).await?,
            None => format!("sqlite://{}", folder.path().join("story.db").display()),
        };
        Ok(TestDatabase { url, folder })
    }

    /// Whether the stories run on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}

#[expect(clippy::disallowed_methods, reason = "the stories' own switch, not the product's")]
fn server_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

async fn create_in(server: &str) -> anyhow::Result<String> {
    use sqlx::Connection as _;
    let name = format!("story_{}", domain::ids::new_token());
    let mut admin = sqlx::PgConnection::connect(server).await?;
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&mut admin).await?;
    let mut url = url::Url::parse(server)?;
    url.set_path(&name);
    Ok(url.into())
}
