//! The tables of the catalogue, and which of their rows belong to a product. A portal of twenty
//! thousand goods is asked a thousand questions by one synchronisation: none may walk all of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bitrix24::values::{Record, int};

/// Sections, products, prices, measures, stores of `catalog.*`, by kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Goods {
    tables: BTreeMap<String, Table>,
}

#[derive(Clone, Debug, Default)]
struct Table {
    rows: BTreeMap<i64, Record>,
    /// Ids of the rows that name a product, by its id.
    of_product: BTreeMap<i64, BTreeSet<i64>>,
}

/// Rows as they are kept, by kind and id.
type Kept = BTreeMap<String, BTreeMap<i64, Record>>;

impl Goods {
    /// One row.
    pub(crate) fn get(&self, kind: &str, id: i64) -> Option<&Record> {
        self.tables.get(kind)?.rows.get(&id)
    }

    /// The rows behind an id, in the order of their ids; 0 begins.
    pub(crate) fn after(&self, kind: &str, id: i64) -> impl Iterator<Item = &Record> {
        let rows = self.tables.get(kind).map(|table| table.rows.range(id.saturating_add(1)..));
        rows.into_iter().flatten().map(|(_, row)| row)
    }

    /// The rows that belong to any of these products, in the order of their ids.
    pub(crate) fn of_products(&self, kind: &str, products: &[i64]) -> Vec<&Record> {
        let Some(table) = self.tables.get(kind) else { return Vec::new() };
        let ids = products.iter().filter_map(|product| table.of_product.get(product)).flatten();
        let ids: BTreeSet<i64> = ids.copied().collect();
        ids.iter().filter_map(|id| table.rows.get(id)).collect()
    }

    /// Puts a row, in the place of the one that had its id.
    pub(crate) fn put(&mut self, kind: &str, id: i64, row: Record) {
        self.take(kind, id);
        let table = self.tables.entry(kind.to_owned()).or_default();
        if let Some(product) = product_of(&row) {
            table.of_product.entry(product).or_default().insert(id);
        }
        table.rows.insert(id, row);
    }

    /// Takes a row away.
    pub(crate) fn take(&mut self, kind: &str, id: i64) -> Option<Record> {
        let table = self.tables.get_mut(kind)?;
        let row = table.rows.remove(&id)?;
        if let Some(of) = product_of(&row).and_then(|product| table.of_product.get_mut(&product)) {
            of.remove(&id);
        }
        Some(row)
    }

    /// Takes every row of a product away.
    pub(crate) fn take_of(&mut self, kind: &str, product: i64) {
        let Some(table) = self.tables.get_mut(kind) else { return };
        for id in table.of_product.remove(&product).unwrap_or_default() {
            table.rows.remove(&id);
        }
    }
}

fn product_of(row: &Record) -> Option<i64> {
    row.get("productId").and_then(int)
}

impl From<Kept> for Goods {
    fn from(kept: Kept) -> Goods {
        let mut goods = Goods::default();
        for (kind, rows) in kept {
            for (id, row) in rows {
                goods.put(&kind, id, row);
            }
        }
        goods
    }
}

impl Serialize for Goods {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.tables.iter().map(|(kind, table)| (kind, &table.rows)))
    }
}

impl<'de> Deserialize<'de> for Goods {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Goods, D::Error> {
        Kept::deserialize(from).map(Goods::from)
    }
}
