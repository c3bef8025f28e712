package dev.cairn.kv.guard;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.Seconds;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.Fingerprint;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One thing that stands against a signed change. */
public sealed interface Objection {
    /** What is wrong and what to do, in one line. */
    String sentence();

    /** Whether a change need not be refused for it: what is missing may still come, or what is in its way may go. */
    default boolean mayPassByWaiting() {
        return switch (this) {
            case SignaturesMissing _, ValuesMissing _, AndMore _ -> true;
            case DeadEnd _, GovernanceTooLarge _ -> true;
            case WrongChain _, NotYetValid _, Expired _, NotSignedByAuthor _, AuthorNoPerson _ -> false;
            case ClosedKey _, ClosedRegistry _, ValidTooLong _, OpenTooLong _, OutOfReach _, WithdrawnBefore _ -> false;
            case UnknownPrincipal _, OtherKind _, KeyOfAnother _, UnknownKey _, TooManyKeys _, RewritesPast _ -> false;
            case NoSuchGuard _, NotOpen _, GovernanceChanged _, BaseCompacted _, BaseAhead _ -> false;
            case Conflict _, KeepsRevisions _ -> false;
        };
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
                    + " use keys below a prefix that `cairn guard list` names";
        }
    }

    record ValidTooLong(Scope scope, long validitySeconds, long mostSeconds) implements Objection {
        @Override
        public String sentence() {
            return guard(scope) + " lets a change be valid for " + Seconds.inWords(mostSeconds) + ", not "
                    + Seconds.inWords(validitySeconds) + "; draft it with an earlier expiry";
        }
    }

    /** No guard decides on any of its keys. */
    record OpenTooLong(long validitySeconds, long mostSeconds) implements Objection {
        @Override
        public String sentence() {
            return "a change of open keys is valid for " + Seconds.inWords(mostSeconds) + " at most, not "
                    + Seconds.inWords(validitySeconds) + "; draft it with an earlier expiry";
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

        /** @param able all whose signatures the guard would count, those in {@code counted} too */
        static SignaturesMissing of(
                Guard guard, NavigableSet<PrincipalName> counted, NavigableSet<PrincipalName> able) {
            NavigableSet<PrincipalName> named = able.stream()
                    .filter(name -> !counted.contains(name))
                    .limit(MAX_NAMES)
                    .collect(Collectors.toCollection(TreeSet::new));
            int others = able.size() - counted.size() - named.size();
            return new SignaturesMissing(guard.scope(), guard.threshold(), counted.size(), named, others);
        }

        /** How many more are needed. */
        public int missing() {
            return threshold - have;
        }

        @Override
        public String sentence() {
            return sentence(Set.of());
        }

        /** The same, for those who know that some of {@link #from} would be asked in vain. */
        public String sentence(Set<PrincipalName> withdrawn) {
            List<String> names = from.stream()
                    .filter(name -> !withdrawn.contains(name))
                    .map(PrincipalName::text)
                    .toList();
            String needs = guard(scope) + " needs " + missing() + " more of " + threshold + " signatures; ";
            if (names.size() + others < missing()) {
                return needs + "too few are left who have not withdrawn: draft it anew";
            }
            String more = others > 0 ? others + " more" : "";
            String asked = String.join(", ", names);
            return needs + "ask " + asked + (asked.isEmpty() || more.isEmpty() ? "" : " and ") + more;
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

    /** Only persons change the governance, and what a guard wants somebody else than the author for. */
    record AuthorNoPerson(PrincipalName author) implements Objection {
        @Override
        public String sentence() {
            return author + " is no person; let a person be the author";
        }
    }

    /** Nothing decides on what the change is about. */
    record ClosedRegistry() implements Objection {
        @Override
        public String sentence() {
            return "this governance has no guard on the registry, so nobody can change it;"
                    + " make a new cluster with one";
        }
    }

    record UnknownPrincipal(PrincipalName name) implements Objection {
        @Override
        public String sentence() {
            return "there is no " + name + "; set that person, node, service or gateway first";
        }
    }

    record OtherKind(PrincipalName name, Principal.Kind kind) implements Objection {
        @Override
        public String sentence() {
            return name + " is a " + kind.word() + " and stays one; say so, or choose another name";
        }
    }

    record KeyOfAnother(Fingerprint key, PrincipalName holder) implements Objection {
        @Override
        public String sentence() {
            return "the key " + key + " is " + holder + "'s; each needs a key of their own";
        }
    }

    record UnknownKey(PrincipalName holder, Fingerprint key) implements Objection {
        @Override
        public String sentence() {
            return holder + " has no key " + key + "; look with `cairn people`";
        }
    }

    record TooManyKeys(PrincipalName holder, int most) implements Objection {
        @Override
        public String sentence() {
            return holder + " has " + most + " keys, the retired ones counted, and can have no more;"
                    + " give the new one to another principal";
        }
    }

    /** A principal, or a key of it, would count otherwise than it did at a time that is over; or is revoked. */
    record RewritesPast(PrincipalName name) implements Objection {
        @Override
        public String sentence() {
            return "what " + name + " could sign in the past stays as it was: no beginning is moved, no end is moved to"
                    + " or from before now, nothing revoked comes back; set another key, or choose another name";
        }
    }

    record NoSuchGuard(Scope scope) implements Objection {
        @Override
        public String sentence() {
            return "there is no guard on " + scope.name() + "; leave its line out";
        }
    }

    record NotOpen(Scope.OfPrefix scope) implements Objection {
        @Override
        public String sentence() {
            return scope.name() + " is no open prefix; leave its line out";
        }
    }

    record GovernanceTooLarge(int bytes, int mostBytes) implements Objection {
        @Override
        public String sentence() {
            return "the governance would have " + bytes + " bytes, and " + mostBytes
                    + " are the most; remove guards that nobody needs";
        }
    }

    /** The store's: the governance was changed since the author looked. */
    record GovernanceChanged(long baseRevision, long changedRevision) implements Objection {
        @Override
        public String sentence() {
            return "the governance was changed at revision " + changedRevision + ", after revision " + baseRevision
                    + " that the author looked at; draft it anew";
        }
    }

    /** The store's. */
    record BaseCompacted(long baseRevision, long compactedRevision) implements Objection {
        @Override
        public String sentence() {
            return "the base revision " + baseRevision + " was compacted away, up to " + compactedRevision
                    + "; draft it anew";
        }
    }

    /** The store's. */
    record BaseAhead(long baseRevision, long revision) implements Objection {
        @Override
        public String sentence() {
            return "the base revision " + baseRevision + " is above the store's, " + revision + "; draft it anew";
        }
    }

    /** The store's: a precondition does not hold. {@code foundRevision} is 0 if there is no such key. */
    record Conflict(Precondition expected, long foundRevision) implements Objection {
        @Override
        public String sentence() {
            String found = foundRevision == 0 ? "is absent" : "was last written at revision " + foundRevision;
            String wanted = switch (expected) {
                case Precondition.Absent _ -> "absent";
                case Precondition.LastWrittenAt at -> "of revision " + at.revision();
                case Precondition.HasValue value ->
                    "with the value " + value.valueDigest().toHex();
            };
            return "key " + ChangeText.printKey(expected.key()) + " " + found + ", and the change expects it " + wanted
                    + "; draft it anew";
        }
    }

    /** The store's: revisions that are kept would be compacted away. */
    record KeepsRevisions(long revision, long mostRevision) implements Objection {
        @Override
        public String sentence() {
            return "revision " + revision + " cannot be compacted to, for the governance keeps those above "
                    + mostRevision + "; choose that or a lower one";
        }
    }

    /** The store's: values that the text names have not come yet; the first of them is {@code key}'s. */
    record ValuesMissing(int count, Bytes key) implements Objection {
        @Override
        public String sentence() {
            return count + " values of the change have not come, first that of " + ChangeText.printKey(key)
                    + "; submit it again from where they are";
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

    /** The signer took their agreement back before, for good. */
    record WithdrawnBefore(PrincipalName name) implements Objection {
        @Override
        public String sentence() {
            return name + " has withdrawn from this change, which is final; draft it anew";
        }
    }
}
