package dev.cairn.client;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import java.time.Duration;

/**
 * Why an answer was not believed. Each is the end of that answer alone: the client goes on to another replica. Only
 * {@link Forked} concerns the cluster.
 */
public sealed interface Refusal {

    /** One line for people. */
    String sentence();

    /** Bytes that are not the canonical encoding of what they should be. */
    record Malformed(String part, String detail) implements Refusal {
        @Override
        public String sentence() {
            return "the " + part + " is malformed: " + detail;
        }
    }

    /** A header of another cluster. */
    record ForeignChain(Digest theirs, Digest pinned) implements Refusal {
        @Override
        public String sentence() {
            return "the header is of chain " + theirs + ", which is not the pinned one";
        }
    }

    /** A header under rules or members that this client cannot follow. */
    record UnknownRules(Epoch epoch, String detail) implements Refusal {
        @Override
        public String sentence() {
            return "the header is of epoch " + epoch.number() + " and " + detail
                    + "; this client follows the first epoch only: use one that knows membership changes";
        }
    }

    /** No quorum vouches for the header. */
    record NotCertified(CertificateFault fault) implements Refusal {
        @Override
        public String sentence() {
            return "the header is not certified: " + fault.sentence();
        }
    }

    /** A head below one that this client has seen. */
    record Rollback(Height offered, Height held) implements Refusal {
        @Override
        public String sentence() {
            return "the head at " + offered + " is older than the one at " + held + " that was seen before";
        }
    }

    /** What was given does not lead from the header that this client holds to the one that is offered. */
    record NotADescendant(Height held, Height offered) implements Refusal {
        @Override
        public String sentence() {
            return "nothing shows that the header at " + held + ", seen before, is an ancestor of the one at "
                    + offered;
        }
    }

    /** Two certified blocks at one height. */
    record Forked(ForkEvidence evidence) implements Refusal {
        @Override
        public String sentence() {
            return "two blocks are certified at " + evidence.first().height() + ", "
                    + evidence.first().digest()
                    + " and " + evidence.second().digest() + ": more than f replicas lie"
                    + (evidence.guilty().isEmpty() ? "" : ", " + evidence.guilty() + " for certain");
        }
    }

    /** The head is genuine, and not as new as was asked for. */
    record NotFresh(Duration age, Duration allowed) implements Refusal {
        @Override
        public String sentence() {
            return "the head is " + age.toMillis() + " ms old, and " + allowed.toMillis() + " ms were allowed";
        }
    }

    /** Nothing shows that the head holds all that was committed before the question. */
    record NotLinearizable(String detail) implements Refusal {
        @Override
        public String sentence() {
            return "nothing shows that the answer is the newest: " + detail;
        }
    }

    /** This client has no head that it may rely on whatever its age. */
    record NotEstablished(String detail) implements Refusal {
        @Override
        public String sentence() {
            return "an old head will not do, because " + detail + "; read linearizably, or within a bound, first";
        }
    }

    /** This machine could not keep the head: a later run might go back behind it. */
    record NotKept(String detail) implements Refusal {
        @Override
        public String sentence() {
            return "the verified head could not be kept: " + detail;
        }
    }

    /** The proof does not answer the question under the header. */
    record Unproven(String detail) implements Refusal {
        @Override
        public String sentence() {
            return "the answer is not proven: " + detail;
        }
    }

    /** A watch that stays at an old revision. */
    record Withheld(long through, long newest) implements Refusal {
        @Override
        public String sentence() {
            return "it tells of changes up to revision " + through + " only, and " + newest + " is committed";
        }
    }

    /**
     * The replica would not answer, because of who asks: its word, which proves nothing.
     *
     * @param mayHaveActed as of {@link NoAnswer}
     */
    record Declined(Why why, String detail, boolean mayHaveActed) implements Refusal {
        @Override
        public String sentence() {
            return detail + (mayHaveActed ? "; it may have been done all the same" : "");
        }
    }

    /** What a replica may have against who asks. */
    enum Why {
        /** The user has not the permission. */
        NOT_PERMITTED,
        /** Permissions are enabled, and it is not told who asks. */
        NO_USER,
        /** It does not take the user in. */
        NOT_SIGNED_IN,
        /** The token is worth nothing now; another is got for the next call. */
        VOID_TOKEN
    }

    /**
     * The replica did not answer, or would not.
     *
     * @param mayHaveActed whether what was asked for may have been done all the same
     */
    record NoAnswer(String detail, boolean mayHaveActed) implements Refusal {
        @Override
        public String sentence() {
            return detail + (mayHaveActed ? "; it may have been done all the same" : "");
        }
    }
}
