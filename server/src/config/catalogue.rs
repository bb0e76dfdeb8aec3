//! `[connection.catalogue]`: the connection's goods are the catalogue of parts.

use std::time::Duration;

use serde::Deserialize;

use crate::config::file::Word;
use crate::config::values;

/// `[connection.catalogue]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogueEntry {
    every: Option<String>,
    #[serde(default)]
    blocks: Vec<Word>,
    sku: Option<String>,
    price: Option<Word>,
    #[serde(default)]
    stores: Vec<Word>,
    off_limit: Option<u8>,
}

/// How the goods of a connection become parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueSettings {
    /// How often changes are asked for; once a night everything is.
    pub every: Duration,
    /// The catalogues there; empty: all.
    pub blocks: Vec<i64>,
    /// Their field that holds the article, like `property258`; without it, it is looked for.
    pub sku: Option<String>,
    /// The kind of price; without it, the base one.
    pub price: Option<i64>,
    /// The stores whose stock counts; empty: the stock that the product itself shows.
    pub stores: Vec<i64>,
    /// The most of the goods that one run may switch off, in per cent.
    pub off_limit: usize,
}

impl CatalogueSettings {
    /// What holds where nothing is written.
    pub const USUAL: CatalogueSettings = CatalogueSettings {
        every: Duration::from_secs(60 * 60),
        blocks: Vec::new(),
        sku: None,
        price: None,
        stores: Vec::new(),
        off_limit: 20,
    };

    /// Checks what is written.
    pub(crate) fn read(entry: CatalogueEntry) -> Result<CatalogueSettings, String> {
        let ids = |name: &str, words: &[Word]| {
            let read: Result<Vec<i64>, _> = words.iter().map(|word| values::id(&word.0)).collect();
            read.map_err(|why| format!("catalogue: {name}: {why}"))
        };
        let usual = CatalogueSettings::USUAL;
        let every = entry.every.as_deref().map(values::duration).transpose();
        let every = every.map_err(|why| format!("catalogue: every: {why}"))?;
        if every.is_some_and(|every| every < Duration::from_secs(60)) {
            return Err(
                "catalogue: every: less than a minute is more than a portal bears".to_owned()
            );
        }
        let off_limit = entry.off_limit.map_or(usual.off_limit, usize::from);
        if off_limit > 100 {
            return Err("catalogue: off_limit: more than 100 per cent".to_owned());
        }
        let price = entry.price.as_ref().map(|word| values::id(&word.0)).transpose();
        Ok(CatalogueSettings {
            every: every.unwrap_or(usual.every),
            blocks: ids("blocks", &entry.blocks)?,
            sku: entry.sku.filter(|field| !field.trim().is_empty()),
            price: price.map_err(|why| format!("catalogue: price: {why}"))?,
            stores: ids("stores", &entry.stores)?,
            off_limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<CatalogueSettings, String> {
        CatalogueSettings::read(toml::from_str(text).unwrap())
    }

    #[test]
    fn what_is_not_written_is_usual_and_what_cannot_be_is_refused() {
        assert_eq!(read("").unwrap(), CatalogueSettings::USUAL);
        let all = "every = \"30m\"\nblocks = [23]\nsku = \"property258\"\nprice = 2\n\
                   stores = [1, \"2\"]\noff_limit = 50\n";
        let read_all = read(all).unwrap();
        assert_eq!((read_all.every.as_secs(), read_all.off_limit), (1800, 50));
        assert_eq!(
            (read_all.blocks, read_all.stores, read_all.price),
            (vec![23], vec![1, 2], Some(2))
        );
        for (wrong, named) in [
            ("every = \"5s\"", "every"),
            ("every = \"often\"", "every"),
            ("off_limit = 101", "off_limit"),
            ("blocks = [\"x\"]", "blocks"),
            ("stores = [-1]", "stores"),
            ("price = 0", "price"),
        ] {
            let why = read(wrong).unwrap_err();
            assert!(why.starts_with(&format!("catalogue: {named}:")), "{why}");
        }
        assert!(toml::from_str::<CatalogueEntry>("often = 1").is_err());
    }
}
