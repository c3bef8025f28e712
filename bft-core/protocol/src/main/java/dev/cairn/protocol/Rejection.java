package dev.cairn.protocol;

/** Why a message was refused. */
public enum Rejection {
    /** Not of the epoch or chain that is in force. */
    FOREIGN,
    /** The signer is not who may say this: not the primary, or not the link's peer. */
    WRONG_SENDER,
    /** Of a view that is over, or that this replica has left. */
    OLD_VIEW,
    /** Of a view that has not begun here. */
    FUTURE_VIEW,
    /** At or below what is committed, and not the committed block. */
    OLD_HEIGHT,
    /** Too far above what is committed; the sender's STATUS and fetches will bring it again. */
    FAR_FUTURE,
    /** A second, different statement by the same signer. */
    EQUIVOCATION,
    /** Contradicts a header, a certificate or the voting rule. */
    INVALID,
    /** The block's roots are not what execution gives here. */
    DIVERGENT,
    /** The block's time is too far from this replica's clock. */
    BAD_TIME,
    /** A budget of the sender is used up. */
    OVER_BUDGET
}
