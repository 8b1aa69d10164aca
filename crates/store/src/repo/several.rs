//! Ids in a statement's list.

use uuid::Uuid;

/// Longer lists than this stay as they are: they are rare, and SQLite takes 32,766 parameters at most.
const MOST: usize = 1024;

/// The ids for `column IN (...)`: each once, and the last one repeated until their number is a power of two. A statement
/// with another number of parameters is another statement, which the database would have to plan, and a connection to keep,
/// once for every length that a list ever has.
pub(crate) fn several(ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    if let Some(last) = ids.last().copied().filter(|_| ids.len() <= MOST) {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_few_lengths_and_the_same_members() {
        let id = |n: usize| Uuid::from_u128(n as u128);
        assert!(several([]).is_empty());
        assert_eq!(several([id(7), id(7)]), [id(7)]);
        assert_eq!(several([id(3), id(1), id(2), id(1)]), [id(1), id(2), id(3), id(3)]);
        for (given, made) in [(4, 4), (5, 8), (1024, 1024), (1025, 1025)] {
            let list = several((0..given).map(id));
            assert_eq!((list.len(), list[given - 1]), (made, id(given - 1)));
        }
    }
}
