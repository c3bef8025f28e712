package dev.cairn.kv.governed;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.SshPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What people draft who look at the model, or did a while ago. */
public final class Drafts {
    /** A text, and the values that travel beside it. */
    public record Draft(SignedText text, List<Bytes> values) {
        public Draft {
            values = List.copyOf(values);
        }
    }

    public static final List<Bytes> KEYS =
            List.of("a/1", "a/x", "a/x1", "a/xy", "a/xyz", "b", "b1", "c", "o/1", "o/2", "o/g1").stream()
                    .map(Bytes::utf8)
                    .toList();
    private static final Digest OTHER_CHAIN = new Digest(9, 9, 9, 9);

    private final Seen seen;
    private final Dice dice;
    private final long now;

    public Drafts(Seen seen, Dice dice, long now) {
        this.seen = seen;
        this.dice = dice;
        this.now = now;
    }

    public Digest chain() {
        return dice.inPercent(3) ? OTHER_CHAIN : seen.rules().chain();
    }

    private long base() {
        int fate = dice.below(20);
        if (fate == 0) {
            return seen.revision() + 1 + dice.below(3);
        }
        return fate < 3 ? dice.below((int) seen.revision() + 1) : seen.revision();
    }

    private long validFrom() {
        return dice.inPercent(5) ? now + 1 + dice.below(20) : now - dice.below(20);
    }

    private PrincipalName author() {
        return new PrincipalName(dice.inPercent(5) ? Founding.NODE : dice.pick(Founding.PEOPLE));
    }

    private long seconds() {
        return dice.oneOf(30L, 100L, 100L, 119L, 120L, 120L, 120L, 121L, 600L, 601L);
    }

    // Changes of keys.

    public Draft change(String reason) {
        List<ChangeOperation> operations = new ArrayList<>();
        List<Bytes> puts = new ArrayList<>();
        for (int i = dice.below(3); i >= 0; i--) {
            ChangeOperation next = operation(reason);
            if (operations.stream().noneMatch(other -> overlap(other.span(), next.span()))) {
                operations.add(next);
            }
        }
        Change change = change(reason, operations);
        for (ChangeOperation operation : change.operations()) {
            if (operation instanceof ChangeOperation.Put(Bytes key, long _, Digest _)) {
                puts.add(value(reason, key));
            }
        }
        return new Draft(change, puts);
    }

    private static boolean overlap(KeySpan one, KeySpan other) {
        return one.contains(other.from()) || other.contains(one.from());
    }

    private Change change(String reason, List<ChangeOperation> operations) {
        long from = validFrom();
        return new Change(chain(), base(), from, from + seconds(), author(), reason, preconditions(), operations);
    }

    private static Bytes value(String reason, Bytes key) {
        return Bytes.utf8(reason + " at " + key.toUtf8());
    }

    private ChangeOperation operation(String reason) {
        Bytes key = dice.pick(KEYS);
        Bytes end = dice.pick(KEYS);
        return switch (dice.below(6)) {
            case 0 -> new ChangeOperation.Delete(key);
            case 1 ->
                key.compareTo(end) < 0 ? new ChangeOperation.DeleteRange(key, end) : new ChangeOperation.Delete(key);
            default -> {
                Bytes value = value(reason, key);
                yield new ChangeOperation.Put(key, value.size(), Hashing.sha256(value.shared()));
            }
        };
    }

    private List<Precondition> preconditions() {
        if (dice.inPercent(40)) {
            return List.of();
        }
        Bytes key = dice.inPercent(60) ? Bytes.utf8("o/1") : dice.pick(KEYS);
        Optional<Entry> entry = seen.entry(key);
        boolean isRight = dice.inPercent(90);
        if (entry.isPresent() != isRight) {
            return List.of(new Precondition.Absent(key));
        }
        long modified = entry.map(Entry::modified).orElse(0L);
        Bytes value = entry.map(Entry::value).orElse(Bytes.utf8("another"));
        return List.of(
                dice.inPercent(50)
                        ? new Precondition.LastWrittenAt(key, modified + (modified == 0 ? 1 : 0))
                        : new Precondition.HasValue(key, Hashing.sha256(value.shared())));
    }

    // Changes of the governance.

    public Draft admin(String reason) {
        List<AdminOperation> operations = new ArrayList<>();
        for (int i = dice.below(5) / 3; i >= 0; i--) {
            AdminOperation next = adminOperation();
            if (operations.stream().noneMatch(other -> other.subject().equals(next.subject()))) {
                operations.add(next);
            }
        }
        return admin(reason, operations);
    }

    private Draft admin(String reason, List<AdminOperation> operations) {
        long from = validFrom();
        return new Draft(
                new AdminChange(chain(), base(), from, from + seconds(), author(), reason, operations), List.of());
    }

    /** That this key counts no more. */
    public Draft revocation(String reason, int key) {
        PrincipalName name = holder(key).orElseGet(this::author);
        return admin(
                reason,
                List.of(new AdminOperation.RevokeKey(
                        name, KeyRing.publicKey(key).fingerprint())));
    }

    private AdminOperation adminOperation() {
        PrincipalName name = new PrincipalName(dice.oneOf("alice", "bob", "carol", "dave", "web1", "erin"));
        boolean isNode = name.text().equals(Founding.NODE) != dice.inPercent(10);
        Principal.Kind kind = isNode ? Principal.Kind.NODE : Principal.Kind.PERSON;
        int key = dice.below(KeyRing.SIZE);
        Scope.OfPrefix scope = new Scope.OfPrefix(dice.pick(Founding.PREFIXES));
        return switch (dice.below(16)) {
            case 0 ->
                new AdminOperation.SetPrincipal(
                        kind, name, new TreeSet<>(List.of(dice.pick(Founding.ROLES))), lifetime());
            case 1 -> new AdminOperation.RevokePrincipal(kind, name);
            case 2, 3 -> {
                List<SshPublicKey> revoked = seen.rules().revokedKeys();
                SshPublicKey set =
                        revoked.isEmpty() || dice.inPercent(60) ? KeyRing.publicKey(key) : dice.pick(revoked);
                yield new AdminOperation.SetKey(
                        dice.inPercent(50) ? holder(KeyRing.number(set)).orElse(name) : name,
                        new Principal.HeldKey(set, lifetime()));
            }
            case 4, 5, 6, 14, 15 ->
                new AdminOperation.RevokeKey(
                        holder(key).orElse(name), KeyRing.publicKey(key).fingerprint());
            case 7, 8 -> new AdminOperation.SetGuard(Founding.guard(dice, scope, 1 + dice.below(3)));
            case 9 ->
                new AdminOperation.SetGuard(
                        Founding.guard(dice, dice.oneOf(Scope.REGISTRY, Scope.RECOVERY), 1 + dice.below(2)));
            case 10 -> new AdminOperation.RemoveGuard(dice.inPercent(20) ? Scope.RECOVERY : scope);
            case 11 -> dice.inPercent(50) ? new AdminOperation.SetOpen(scope) : new AdminOperation.RemoveOpen(scope);
            case 12 ->
                dice.oneOf(
                        new AdminOperation.SetRight(Right.COMPACT),
                        new AdminOperation.RemoveRight(Right.COMPACT),
                        new AdminOperation.SetKeepRevisions(dice.below(8)));
            default -> new AdminOperation.Compact(Math.max(0, seen.revision() - dice.below(10) + 2));
        };
    }

    private Optional<PrincipalName> holder(int key) {
        return seen.rules().nameOf(KeyRing.publicKey(key)).map(PrincipalName::new);
    }

    private Lifetime lifetime() {
        long from = dice.oneOf(0L, 0L, 0L, now, now + 50);
        return Lifetime.between(
                from, dice.inPercent(60) ? Lifetime.NO_END : Math.max(from + 1, now - 20 + dice.below(500)));
    }
}
