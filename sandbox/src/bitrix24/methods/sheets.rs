//! What the tables of the catalogue consist of.

use crate::bitrix24::schema::{Field, Type};

/// A table of the catalogue: kind, key of one and of many in answers, columns.
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    pub(crate) one: &'static str,
    pub(crate) many: &'static str,
    pub(crate) columns: &'static [(&'static str, Type)],
}

/// Every table.
pub(crate) const SHEETS: &[Sheet] = &[
    Sheet {
        name: "section",
        one: "section",
        many: "sections",
        columns: &[
            ("id", Type::Int),
            ("iblockId", Type::Int),
            ("iblockSectionId", Type::Int),
            ("name", Type::Text),
            ("code", Type::Text),
            ("xmlId", Type::Text),
            ("sort", Type::Int),
            ("active", Type::Flag),
            ("description", Type::Text),
        ],
    },
    Sheet { name: "product", one: "element", many: "products", columns: PRODUCT },
    Sheet {
        name: "price",
        one: "price",
        many: "prices",
        columns: &[
            ("id", Type::Int),
            ("productId", Type::Int),
            ("catalogGroupId", Type::Int),
            ("price", Type::Money),
            ("currency", Type::Text),
            ("priceScale", Type::Money),
            ("extraId", Type::Int),
            ("quantityFrom", Type::Int),
            ("quantityTo", Type::Int),
            ("timestampX", Type::Moment),
        ],
    },
    Sheet {
        name: "measure",
        one: "measure",
        many: "measures",
        columns: &[
            ("id", Type::Int),
            ("code", Type::Int),
            ("isDefault", Type::Flag),
            ("measureTitle", Type::Text),
            ("symbol", Type::Text),
        ],
    },
    Sheet {
        name: "store",
        one: "store",
        many: "stores",
        columns: &[
            ("id", Type::Int),
            ("title", Type::Text),
            ("address", Type::Text),
            ("active", Type::Flag),
            ("isDefault", Type::Flag),
            ("sort", Type::Int),
        ],
    },
    Sheet {
        name: "storeproduct",
        one: "storeProduct",
        many: "storeProducts",
        columns: &[
            ("id", Type::Int),
            ("storeId", Type::Int),
            ("productId", Type::Int),
            ("amount", Type::Money),
            ("quantityReserved", Type::Money),
        ],
    },
    Sheet {
        name: "pricetype",
        one: "priceType",
        many: "priceTypes",
        columns: &[
            ("id", Type::Int),
            ("name", Type::Text),
            ("base", Type::Flag),
            ("sort", Type::Int),
            ("xmlId", Type::Text),
        ],
    },
];

const PRODUCT: &[(&str, Type)] = &[
    ("id", Type::Int),
    ("iblockId", Type::Int),
    ("iblockSectionId", Type::Int),
    ("name", Type::Text),
    ("active", Type::Flag),
    ("available", Type::Flag),
    ("code", Type::Text),
    ("xmlId", Type::Text),
    ("sort", Type::Int),
    ("quantity", Type::Money),
    ("quantityReserved", Type::Money),
    ("measure", Type::Int),
    ("vatId", Type::Int),
    ("vatIncluded", Type::Flag),
    ("type", Type::Int),
    ("detailText", Type::Text),
    ("previewText", Type::Text),
    ("detailPicture", Type::File),
    ("previewPicture", Type::File),
    ("dateCreate", Type::Moment),
    ("timestampX", Type::Moment),
    // The article and the maker's code, as properties of the catalogue.
    ("property258", Type::Text),
    ("property260", Type::Text),
];

/// Columns as the lists know them.
pub(crate) fn columns(sheet: &Sheet) -> Vec<Field> {
    let fields = sheet.columns.iter().map(|(name, kind)| Field {
        name: (*name).to_owned(),
        kind: *kind,
        read_only: matches!(*name, "id" | "timestampX" | "dateCreate" | "quantityReserved"),
        multiple: false,
        list: String::new(),
        title: String::new(),
        options: Vec::new(),
        id: 0,
    });
    fields.collect()
}
