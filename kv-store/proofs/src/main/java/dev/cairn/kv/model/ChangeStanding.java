package dev.cairn.kv.model;

import java.util.Arrays;
import java.util.Optional;

/** Where a signed change stands. From all but the first two nothing leads on. */
public enum ChangeStanding {
    /** Nothing of it was taken in; once what was wrong is right it may be submitted again. */
    REFUSED(1),
    /** It waits for signatures. */
    PENDING(2),
    /** All of it was done, once. */
    EXECUTED(3),
    /** All signatures were there and a precondition did not hold: nothing was done, nor ever will be. */
    CONFLICTED(4),
    /** Its author took it back. */
    WITHDRAWN(5);

    private final int code;

    ChangeStanding(int code) {
        this.code = code;
    }

    /** The number in hashed results and in records. It never changes its meaning. */
    public int code() {
        return code;
    }

    public static Optional<ChangeStanding> ofCode(int code) {
        return Arrays.stream(values()).filter(standing -> standing.code == code).findFirst();
    }
}
