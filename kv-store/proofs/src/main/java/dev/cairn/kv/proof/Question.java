package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.RequestId;

/**
 * What one certified header can be asked. Keys are without the byte of their space; revision 0 is the header's, another one must be within
 * what its state still tells.
 */
public sealed interface Question {

    /** Questions about the state after the header's block; {@link Receipt} is about the block itself. */
    sealed interface OfState extends Question {}

    /** Questions that are answered by keys that lived, with their values. */
    sealed interface OfKeys extends OfState {}

    /** The value of a key, or that there is none. */
    record Get(Space space, Bytes key, long revision) implements OfKeys {
        public Get {
            requireNotNegative(revision);
        }

        /** Of a client's key. */
        public Get(Bytes key, long revision) {
            this(Space.CLIENTS, key, revision);
        }
    }

    /**
     * The keys that live in a span, in order, and that none is missing.
     *
     * @param limit how many at most; 0 means all
     * @param keysOnly without their values
     */
    record Range(Space space, KeySpan span, long limit, long revision, boolean keysOnly) implements OfKeys {
        public Range {
            requireKeys(span);
            requireNotNegative(limit);
            requireNotNegative(revision);
        }

        /** Of clients' keys. */
        public Range(KeySpan span, long limit, long revision, boolean keysOnly) {
            this(Space.CLIENTS, span, limit, revision, keysOnly);
        }

        public Range withLimit(long other) {
            return new Range(space, span, other, revision, keysOnly);
        }
    }

    /** How many of clients' keys live in a span at the header's revision. */
    record Count(KeySpan span) implements OfState {
        public Count {
            requireKeys(span);
        }
    }

    /**
     * Everything that changed in a span after one revision, up to and with another, and that no change is missing. That
     * nothing changed is an answer like any other, and a short one.
     *
     * @param through 0 means the header's revision
     * @param previousValues what the first change of each key replaced comes with its value
     */
    record Changes(Space space, KeySpan span, long after, long through, boolean previousValues) implements OfState {
        public Changes {
            requireKeys(span);
            requireNotNegative(after);
            requireNotNegative(through);
            if (through != 0 && through < after) {
                throw new IllegalArgumentException("no change is after " + after + " and not after " + through);
            }
        }

        /** Of clients' keys. */
        public Changes(KeySpan span, long after, long through, boolean previousValues) {
            this(Space.CLIENTS, span, after, through, previousValues);
        }
    }

    /**
     * What became of a request in the header's block.
     *
     * @param request its digest, {@link dev.cairn.protocol.model.Request#digest}: so what was executed is what was signed
     * @param values whether the result comes with the values of the versions it names
     */
    record Receipt(RequestId id, Digest request, boolean values) implements Question {}

    private static void requireKeys(KeySpan span) {
        if (span.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to prove of an empty span");
        }
    }

    private static void requireNotNegative(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("neither revisions nor limits are negative: " + number);
        }
    }
}
