//! Filters, order and pages of the lists.

use std::cmp::Ordering;

use serde_json::Value;

use crate::bitrix24::answer::{Answer, Refusal};
use crate::bitrix24::schema::{Field, Type};
use crate::bitrix24::values::{Record, int, list, text, time, yes};

/// How long a page is.
pub(crate) const PAGE: usize = 50;

/// How a filter compares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Is,
    IsNot,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Contains,
    ContainsNot,
}

/// Longer prefixes stand before those that they begin with.
const PREFIXES: &[(&str, Operation)] = &[
    ("!=%", Operation::ContainsNot),
    ("!%", Operation::ContainsNot),
    ("!@", Operation::IsNot),
    ("!=", Operation::IsNot),
    ("=%", Operation::Contains),
    ("%=", Operation::Contains),
    (">=", Operation::GreaterOrEqual),
    ("<=", Operation::LessOrEqual),
    ("!", Operation::IsNot),
    (">", Operation::Greater),
    ("<", Operation::Less),
    ("%", Operation::Contains),
    ("@", Operation::Is),
    ("=", Operation::Is),
];

/// A list of one kind of thing that may be asked for parts of it.
pub(crate) struct Table<'a> {
    /// What may be asked about: the name by which it is asked for, and the field.
    pub(crate) columns: Vec<(String, &'a Field)>,
    /// Whether a name that is not known refuses the call; the frozen methods pass it over.
    pub(crate) strict: bool,
}

impl Table<'_> {
    fn column(&self, name: &str) -> Option<&Field> {
        // `ID` is understood where the column is `id`, and `OPPORTUNITY` where it is `opportunity`.
        let called = |(column, field): &&(String, &Field)| {
            column == name || column.eq_ignore_ascii_case(name) || field.name == name
        };
        self.columns.iter().find(called).map(|(_, field)| *field)
    }

    /// Whether a record passes a filter.
    pub(crate) fn passes(&self, record: &Record, filter: Option<&Value>) -> Result<bool, Refusal> {
        let parts: Vec<(String, &Value)> = match filter {
            Some(Value::Object(map)) => map.iter().map(|(key, one)| (key.clone(), one)).collect(),
            Some(Value::Array(all)) => {
                all.iter().enumerate().map(|(at, one)| (at.to_string(), one)).collect()
            }
            _ => return Ok(true),
        };
        let any = parts.iter().any(|(key, logic)| {
            key.eq_ignore_ascii_case("logic") && text(logic).eq_ignore_ascii_case("or")
        });
        let mut results = Vec::new();
        for (key, wanted) in parts.iter().filter(|(key, _)| !key.eq_ignore_ascii_case("logic")) {
            if key.bytes().all(|byte| byte.is_ascii_digit()) {
                results.push(self.passes(record, Some(wanted))?);
                continue;
            }
            let (operation, name) = operation(key);
            match self.column(name) {
                Some(field) => {
                    results.push(compare(field, record.get(&field.name), operation, wanted))
                }
                None if self.strict => {
                    let text = format!("Invalid filter: field '{name}' is not allowed in filter");
                    return Err(Refusal::new("INVALID_ARG_VALUE", text));
                }
                None => {}
            }
        }
        Ok(if any { results.contains(&true) } else { !results.contains(&false) })
    }

    /// Puts records in the order that is asked for; without one, by id.
    pub(crate) fn sort(
        &self,
        records: &mut [&Record],
        order: Option<&Value>,
    ) -> Result<(), Refusal> {
        let mut keys = Vec::new();
        if let Some(Value::Object(order)) = order {
            for (name, direction) in order {
                match self.column(name) {
                    Some(field) => keys.push((field, text(direction).eq_ignore_ascii_case("desc"))),
                    None if self.strict => {
                        let text = format!("Invalid order: field '{name}' is not allowed in order");
                        return Err(Refusal::new("INVALID_ARG_VALUE", text));
                    }
                    None => {}
                }
            }
        }
        records.sort_by(|left, right| {
            let by = keys.iter().map(|(field, descending)| {
                let order = rank(field, left.get(&field.name), right.get(&field.name));
                if *descending { order.reverse() } else { order }
            });
            by.fold(Ordering::Equal, Ordering::then)
        });
        Ok(())
    }
}

fn operation(key: &str) -> (Operation, &str) {
    let found = PREFIXES.iter().find_map(|(prefix, how)| Some((*how, key.strip_prefix(prefix)?)));
    found.unwrap_or((Operation::Is, key))
}

fn compare(field: &Field, value: Option<&Value>, how: Operation, wanted: &Value) -> bool {
    let values = match value {
        Some(value) if field.kind == Type::Multi => {
            list(value).iter().map(|one| one["VALUE"].clone()).collect()
        }
        Some(value) if field.multiple => list(value),
        Some(value) => vec![value.clone()],
        None => vec![Value::Null],
    };
    let values = if values.is_empty() { vec![Value::Null] } else { values };
    let any = |fits: &dyn Fn(&Value, &Value) -> bool| {
        let wanted = if wanted.is_array() || wanted.is_object() {
            list(wanted)
        } else {
            vec![wanted.clone()]
        };
        values.iter().any(|value| wanted.iter().any(|one| fits(value, one)))
    };
    let order = |value: &Value, one: &Value| rank(field, Some(value), Some(one));
    let equal = |value: &Value, one: &Value| order(value, one) == Ordering::Equal;
    let holds = |value: &Value, one: &Value| {
        let part = text(one).replace('%', "").to_lowercase();
        text(value).to_lowercase().contains(&part)
    };
    let there = |value: &Value| !value.is_null();
    match how {
        Operation::Is => any(&equal),
        Operation::IsNot => !any(&equal),
        Operation::Contains => any(&holds),
        Operation::ContainsNot => !any(&holds),
        Operation::Greater => any(&|value, one| there(value) && order(value, one).is_gt()),
        Operation::GreaterOrEqual => any(&|value, one| there(value) && order(value, one).is_ge()),
        Operation::Less => any(&|value, one| there(value) && order(value, one).is_lt()),
        Operation::LessOrEqual => any(&|value, one| there(value) && order(value, one).is_le()),
    }
}

fn rank(field: &Field, left: Option<&Value>, right: Option<&Value>) -> Ordering {
    let null = Value::Null;
    let (left, right) = (left.unwrap_or(&null), right.unwrap_or(&null));
    match field.kind {
        Type::Int | Type::Ids | Type::Option | Type::File => {
            int(left).unwrap_or_default().cmp(&int(right).unwrap_or_default())
        }
        Type::Money => {
            let of = |one: &Value| crate::bitrix24::values::decimal(one).unwrap_or_default();
            of(left).total_cmp(&of(right))
        }
        Type::Date | Type::Moment => time(left).cmp(&time(right)),
        Type::Flag => yes(left).cmp(&yes(right)),
        Type::Text | Type::Status | Type::Multi => text(left).cmp(&text(right)),
    }
}

/// Cuts the page that `start` asks for; −1 = the first page, uncounted
/// (`reference/bitrix24.md` §2.5).
pub(crate) fn page<T>(all: Vec<T>, start: i64, show: impl FnMut(T) -> Value) -> Answer {
    let total = all.len();
    let skip = usize::try_from(start).unwrap_or_default();
    let shown: Vec<Value> = all.into_iter().skip(skip).take(PAGE).map(show).collect();
    let next = skip + PAGE;
    Answer {
        result: shown.into(),
        total: Some(if start < 0 { 0 } else { total }),
        next: (start >= 0 && next < total).then_some(next),
    }
}
