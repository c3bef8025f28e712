package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.NavigableSet;
import java.util.stream.Collectors;

/** Whether a signed change may be executed. */
public sealed interface Decision {

    /**
     * All guards are content; whether the preconditions hold is not looked at.
     *
     * @param people who has signed and counted for some guard
     */
    record Admitted(NavigableSet<PrincipalName> people) implements Decision {}

    /**
     * Not now, and perhaps never.
     *
     * @param objections at least one
     * @param uncounted signatures that did not count, with the reason; they alone are no objection
     */
    record Refused(List<Objection> objections, List<SignerRefusal> uncounted) implements Decision {
        public Refused {
            objections = List.copyOf(objections);
            uncounted = List.copyOf(uncounted);
        }
    }

    /** One thing that stands against it. */
    sealed interface Objection {
        /** What is wrong and what to do, in one line. */
        String sentence();
    }

    record WrongChain(Digest expected, Digest found) implements Objection {
        @Override
        public String sentence() {
            return "the change is for chain " + found.toHex() + ", and this is " + expected.toHex()
                    + "; draft it for this cluster";
        }
    }

    record NotYetValid(long validFromSeconds) implements Objection {
        @Override
        public String sentence() {
            return "the change is not valid before " + UtcTime.print(validFromSeconds)
                    + " of block time; submit it then";
        }
    }

    record Expired(long expiresSeconds) implements Objection {
        @Override
        public String sentence() {
            return "the change expired at " + UtcTime.print(expiresSeconds) + " of block time; draft and sign it anew";
        }
    }

    record NotSignedByAuthor(PrincipalName author) implements Objection {
        @Override
        public String sentence() {
            return "the change names " + author
                    + " as its author and has no signature of theirs that counts; sign it with"
                    + " ssh-keygen -Y sign -n " + Purpose.CHANGE.namespace();
        }
    }

    record ValidTooLong(Guard guard, long validitySeconds) implements Objection {
        @Override
        public String sentence() {
            return "the guard on " + guard.name() + " lets a change be valid for " + guard.maxValiditySeconds()
                    + " s, not " + validitySeconds + " s; draft it with an earlier expiry";
        }
    }

    /**
     * A guard wants more people.
     *
     * @param have persons that counted
     * @param from who could still sign, with a key that counts
     */
    record SignaturesMissing(Guard guard, int have, NavigableSet<PrincipalName> from) implements Objection {
        private static final int NAMES_SHOWN = 10;

        /** How many more are needed. */
        public int missing() {
            return guard.threshold() - have;
        }

        @Override
        public String sentence() {
            String names =
                    from.stream().limit(NAMES_SHOWN).map(PrincipalName::text).collect(Collectors.joining(", "));
            String more = from.size() > NAMES_SHOWN ? " and " + (from.size() - NAMES_SHOWN) + " more" : "";
            return "the guard on " + guard.name() + " needs " + missing() + " more of " + guard.threshold()
                    + " signatures; ask " + names + more;
        }
    }

    /** Not even everybody's signature would do. */
    record OutOfReach(Guard guard, int have, int candidates) implements Objection {
        @Override
        public String sentence() {
            return "the guard on " + guard.name() + " needs " + guard.threshold() + " signatures and only "
                    + (have + candidates)
                    + " people can give one that counts; change the guard, or let somebody else be the author";
        }
    }
}
