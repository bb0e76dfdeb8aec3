//! Where a portal keeps the picture of a product, as a part remembers it: ids alone. An address would
//! hold a key, and would have to be believed.

use serde_json::Value;

use crate::crm::bitrix24::catalogue::wire::int;

/// Names of the fields of both families, the larger picture first.
const FIELDS: [(&str, bool); 4] = [
    ("detailPicture", false),
    ("previewPicture", false),
    ("DETAIL_PICTURE", true),
    ("PREVIEW_PICTURE", true),
];

/// A picture of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PicturePlace {
    /// The product's id.
    pub(crate) product: String,
    /// The file's id: a new picture is a new file.
    pub(crate) file: String,
    /// The product's field that holds it.
    pub(crate) field: &'static str,
    /// Whether the product was read by `crm.product.*`.
    pub(crate) old: bool,
}

impl PicturePlace {
    /// The picture of a product as a list shows it.
    pub(crate) fn of(product: i64, row: &Value) -> Option<PicturePlace> {
        FIELDS.into_iter().find_map(|(field, old)| {
            let file = row.get(field)?;
            let file = int(file, "id").or_else(|| int(row, field))?;
            Some(PicturePlace { product: product.to_string(), file: file.to_string(), field, old })
        })
    }

    /// As a part keeps it.
    pub(crate) fn text(&self) -> String {
        format!("{}/{}/{}", self.product, self.file, self.field)
    }

    /// What [`PicturePlace::text`] wrote.
    pub(crate) fn read(text: &str) -> Option<PicturePlace> {
        let mut parts = text.split('/');
        let (product, file, named) = (parts.next()?, parts.next()?, parts.next()?);
        let (field, old) = FIELDS.into_iter().find(|(field, _)| *field == named)?;
        Some(PicturePlace { product: product.to_owned(), file: file.to_owned(), field, old })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_families_show_the_larger_picture_and_it_is_found_again() {
        let new =
            json!({"previewPicture": {"id": "63"}, "detailPicture": {"id": "64", "url": "/x"}});
        let old = json!({"DETAIL_PICTURE": "", "PREVIEW_PICTURE": {"id": 65}});
        let of = |row: &Value| PicturePlace::of(7, row).unwrap();
        assert_eq!(of(&new).text(), "7/64/detailPicture");
        assert_eq!(of(&old).text(), "7/65/PREVIEW_PICTURE");
        for place in [of(&new), of(&old)] {
            assert_eq!(PicturePlace::read(&place.text()), Some(place));
        }
        assert_eq!(PicturePlace::of(7, &json!({"detailPicture": null})), None);
        for wrong in ["", "7", "7/64", "7/64/password", "https://evil.example.com/x.png"] {
            assert_eq!(PicturePlace::read(wrong), None, "{wrong}");
        }
    }
}
