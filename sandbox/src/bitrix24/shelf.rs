//! Goods by the thousand, for stories and measurements.

use serde_json::json;

use crate::bitrix24::catalogue::{BASE_PRICE, IBLOCK};
use crate::bitrix24::core::Bitrix24;
use crate::bitrix24::values::Record;

/// The section that all of them stand in.
const SECTION: i64 = 7;

impl Bitrix24 {
    /// Puts so many goods on the shelf, of one section, each with a price: the n-th has the article
    /// `G-n`, the id 5000 + n and its price the id 90000 + n. Those that lie there stay.
    pub fn stock(&self, count: usize) {
        let at = "2026-11-20T10:00:00+03:00";
        let record =
            |value: serde_json::Value| -> Record { value.as_object().cloned().unwrap_or_default() };
        let mut portal = self.portal();
        let goods = &mut portal.goods;
        let section =
            json!({"id": SECTION, "iblockId": IBLOCK, "name": "Направляющие", "active": "Y"});
        goods.put("section", SECTION, record(section));
        for (n, _) in (1_i64..).zip(0..count) {
            let (product, price) = (5_000 + n, 90_000 + n);
            let row = json!({
                "id": product, "iblockId": IBLOCK, "iblockSectionId": SECTION,
                "name": format!("Каретка {n}"), "active": "Y", "type": 1, "quantity": n % 9,
                "timestampX": at, "property258": format!("G-{n}"),
            });
            goods.put("product", product, record(row));
            let row = json!({
                "id": price, "productId": product, "catalogGroupId": BASE_PRICE,
                "price": 100 + n, "currency": "RUB", "timestampX": at,
            });
            goods.put("price", price, record(row));
        }
        drop(portal);
        self.touch();
    }
}
