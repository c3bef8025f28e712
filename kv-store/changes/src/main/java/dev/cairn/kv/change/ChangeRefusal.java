package dev.cairn.kv.change;

/** Why a text is no change, or the values are not its. The exception beside it says in one line what is wrong. */
public enum ChangeRefusal {
    TOO_LARGE,
    /** Not spelled the one way that such a text is. */
    NOT_CANONICAL,
    TRAILING_BYTES,
    KEY_LISTED_TWICE,
    /** A key also lies in a range that is deleted, or two ranges overlap. */
    OVERLAPPING,
    /** It would expire before it is valid. */
    EMPTY_VALIDITY,
    WRONG_VALUE,
    MISSING_VALUE,
    SURPLUS_VALUE
}
