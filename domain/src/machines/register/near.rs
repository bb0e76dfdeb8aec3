//! A serial that lies one slip of the finger from another machine's.

use crate::Result;
use crate::db::{Tx, fetch_all};
use crate::ids::{CompanyId, CustomerId, MachineId, ModelId};

/// A machine whose serial is nearly the same.
#[derive(sqlx::FromRow)]
pub(super) struct Neighbour {
    pub(super) id: MachineId,
    pub(super) serial_key: String,
    pub(super) customer_id: Option<CustomerId>,
    pub(super) company_id: Option<CompanyId>,
    /// The deal by which it got its passport, if any.
    pub(super) sold_by: Option<String>,
}

/// The machines of the model whose serials lie one edit from `key`.
///
/// It costs one look into the index by model and length: the machines of this model whose serials
/// are as long, give or take one, are compared here. That is some thousand short strings for a
/// dealer's best seller, and a deal is won some times a day.
pub(super) async fn neighbours(tx: &mut Tx, model: &ModelId, key: &str) -> Result<Vec<Neighbour>> {
    let length = i64::try_from(key.chars().count()).unwrap_or(i64::MAX - 1);
    let mut like_it = fetch_all!(
        tx,
        Neighbour,
        "select m.id, m.serial_key, m.customer_id, m.company_id,
                (select min(t.ref)
                   from timeline_events t
                  where t.machine_id = m.id and t.kind = 'registered') as sold_by
           from machine_instances m
          where m.model_id = $1 and length(m.serial_key) between $2 and $3
          order by m.id",
        model,
        length - 1,
        length + 1
    )?;
    like_it.retain(|machine| one_edit_apart(&machine.serial_key, key));
    Ok(like_it)
}

/// Whether one sign more, less or other, or two neighbours swapped, makes one of the other
/// (a Damerau–Levenshtein distance of one).
fn one_edit_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let alike = |pairs: usize| (0..pairs).take_while(|&at| one[at] == other[at]).count();
    let prefix = alike(one.len().min(other.len()));
    let (one, other) = (&one[prefix..], &other[prefix..]);
    let ends = one.iter().rev().zip(other.iter().rev());
    let suffix = ends.take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[..one.len() - suffix], &other[..other.len() - suffix]);
    match (one, other) {
        ([_], [_] | []) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_finger_is_seen_and_two_are_not() {
        for near in ["1235", "123", "12345", "1324", "2134", "12334", "0234"] {
            assert!(one_edit_apart("1234", near) && one_edit_apart(near, "1234"), "{near}");
        }
        for far in ["1234", "1243X", "4321", "12", "123456", "1423", ""] {
            assert!(!one_edit_apart("1234", far), "{far}");
        }
        assert!(one_edit_apart("AAB", "AB") && one_edit_apart("ЖЖ", "Ж"));
    }
}
