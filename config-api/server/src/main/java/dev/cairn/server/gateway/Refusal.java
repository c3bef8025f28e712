package dev.cairn.server.gateway;

/** Why a call got no outcome. */
public enum Refusal {
    /** A queue is full; nothing was done. */
    TOO_MANY_REQUESTS,
    /** No answer in time; a write may still happen. */
    TIMED_OUT,
    /** The replica's state is not to be trusted; a write may still happen. */
    QUARANTINED,
    /** The replica is stopping; a write may still happen. */
    STOPPED
}
