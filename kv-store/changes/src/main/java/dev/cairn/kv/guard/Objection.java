package dev.cairn.kv.guard;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One thing that stands against a signed change. */
public sealed interface Objection {
    /** What is wrong and what to do, in one line. */
    String sentence();

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

    record NotSignedByAuthor(PrincipalName author, Purpose purpose) implements Objection {
        @Override
        public String sentence() {
            return "the change names " + author
                    + " as its author and has no signature of theirs that counts; sign it with"
                    + " ssh-keygen -Y sign -n " + purpose.namespace();
        }
    }

    /** Nothing decides on the key, or on some key of the range that begins with it. */
    record ClosedKey(Bytes key) implements Objection {
        @Override
        public String sentence() {
            return "no guard and no open prefix decides on " + ChangeText.printKey(key)
                    + ", or on keys of the range that begins there, so nobody can write them;"
                    + " use keys below a prefix that `cairn genesis show` names";
        }
    }

    record ValidTooLong(Scope scope, long validitySeconds, long mostSeconds) implements Objection {
        @Override
        public String sentence() {
            return guard(scope) + " lets a change be valid for " + mostSeconds + " s, not " + validitySeconds
                    + " s; draft it with an earlier expiry";
        }
    }

    /**
     * A guard wants more people.
     *
     * @param have persons that counted
     * @param from who could still sign, with a key that counts: the first {@link #MAX_NAMES} of them by name
     * @param others how many more could
     */
    record SignaturesMissing(Scope scope, int threshold, int have, NavigableSet<PrincipalName> from, int others)
            implements Objection {
        public static final int MAX_NAMES = 10;

        public SignaturesMissing {
            from = Collections.unmodifiableNavigableSet(new TreeSet<>(from));
            if (have < 0
                    || have >= threshold
                    || from.isEmpty()
                    || from.size() > MAX_NAMES
                    || others < 0
                    || (others > 0 && from.size() < MAX_NAMES)) {
                throw new IllegalArgumentException("of " + threshold + " signatures " + have + " are there, and "
                        + from.size() + " names of those who could sign, and " + others + " more");
            }
        }

        static SignaturesMissing of(Guard guard, int have, NavigableSet<PrincipalName> candidates) {
            NavigableSet<PrincipalName> named =
                    candidates.stream().limit(MAX_NAMES).collect(Collectors.toCollection(TreeSet::new));
            return new SignaturesMissing(
                    guard.scope(), guard.threshold(), have, named, candidates.size() - named.size());
        }

        /** How many more are needed. */
        public int missing() {
            return threshold - have;
        }

        @Override
        public String sentence() {
            String names = from.stream().map(PrincipalName::text).collect(Collectors.joining(", "));
            return guard(scope) + " needs " + missing() + " more of " + threshold + " signatures; ask " + names
                    + (others > 0 ? " and " + others + " more" : "");
        }
    }

    /** Not even everybody's signature would do. */
    record OutOfReach(Scope scope, int threshold, int reachable) implements Objection {
        @Override
        public String sentence() {
            return guard(scope) + " needs " + threshold + " signatures and only " + reachable
                    + " people can give one that counts; change the guard, or let somebody else be the author";
        }
    }

    /** The guard could let nothing pass, whoever signed. {@code able} of its people have a key that counts. */
    record DeadEnd(Scope scope, int threshold, int able) implements Objection {
        @Override
        public String sentence() {
            return "the threshold " + threshold + " of the guard on " + scope.name() + " could never be met: " + able
                    + " of its people have a key that counts; lower it or name more people";
        }
    }

    /** Stands for the last {@code count} of a long list. */
    record AndMore(int count) implements Objection {
        @Override
        public String sentence() {
            return "and " + count + " more objections; meet those above first";
        }
    }

    private static String guard(Scope scope) {
        // The objections of recovery stand behind those of the guards that it would replace.
        return scope.equals(Scope.RECOVERY) ? "or else the recovery guard" : "the guard on " + scope.name();
    }
}
