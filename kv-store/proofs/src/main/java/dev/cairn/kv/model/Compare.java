package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;

/**
 * One condition of a transaction, on a key or on every key of a range.
 *
 * @param number what a VERSION, CREATE, MOD or LEASE comparison compares with
 * @param value what a VALUE comparison compares with
 */
public record Compare(Result result, Target target, Bytes key, Bytes rangeEnd, long number, Bytes value) {
    public enum Result {
        EQUAL,
        GREATER,
        LESS,
        NOT_EQUAL
    }

    public enum Target {
        VERSION,
        CREATE,
        MOD,
        VALUE,
        LEASE
    }

    /** Whether a comparison that came out as {@code order} (as of {@code compareTo}) meets the condition. */
    public boolean isMet(int order) {
        return switch (result) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case NOT_EQUAL -> order != 0;
        };
    }
}
