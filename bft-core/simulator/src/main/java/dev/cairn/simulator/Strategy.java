package dev.cairn.simulator;

/** What a Byzantine replica does with the effects of the honest code inside it, with no key but its own. */
public enum Strategy {
    /** Says nothing at all. */
    SILENT,
    /** As primary, proposes different blocks to different halves, and votes for both. */
    EQUIVOCATE,
    /** Keeps its votes to itself. */
    WITHHOLD_VOTES,
    /** Says each thing only to some. */
    SELECTIVE,
    /** Claims heights in STATUS and read answers that nobody has. */
    LIE_ABOUT_HEIGHTS,
    /** In a view change, hides what it prepared. */
    HIDE_PREPARED,
    /** Suspects every primary all the time. */
    SUSPECT_ALWAYS,
    /** Never passes on the requests of others. */
    CENSOR
}
