//! What the JSON form leaves out: the usual values.

pub(in crate::sim) fn one() -> u8 {
    1
}

pub(in crate::sim) fn ten() -> u32 {
    10
}

pub(in crate::sim) fn is_ten(ms: &u32) -> bool {
    *ms == ten()
}

pub(in crate::sim) fn is_one(n: &u8) -> bool {
    *n == 1
}

pub(in crate::sim) fn is_true(set: &bool) -> bool {
    *set
}

pub(in crate::sim) fn is_false(set: &bool) -> bool {
    !set
}

pub(in crate::sim) fn yes() -> bool {
    true
}
