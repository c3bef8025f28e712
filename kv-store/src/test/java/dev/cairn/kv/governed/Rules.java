package dev.cairn.kv.governed;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshPublicKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who may change what, in lists that are searched from end to end. It takes guards as they are laid down, and judges itself. */
public final class Rules {
    private final Digest chain;
    final SortedMap<String, Member> members = new TreeMap<>();

    /** What was laid down for a prefix: a guard, or that it is open. */
    final SortedMap<Bytes, Optional<Guard>> prefixes = new TreeMap<>();

    Guard registry;
    Optional<Guard> recovery = Optional.empty();
    boolean gatewaysMayCompact;
    long keepRevisions;

    Rules(Digest chain, Guard registry) {
        this.chain = chain;
        this.registry = registry;
    }

    /** Those of a governance that has a guard on the registry. */
    public static Rules of(Digest chain, Governance governance) {
        Rules rules = new Rules(chain, governance.guards().registryGuard().orElseThrow());
        for (Principal principal : governance.registry().principals()) {
            List<Member.Held> keys = principal.keys().stream()
                    .map(held -> new Member.Held(held.key(), Life.of(held.lifetime())))
                    .toList();
            String name = principal.name().text();
            rules.members.put(
                    name, new Member(name, principal.kind(), principal.roles(), Life.of(principal.lifetime()), keys));
        }
        governance
                .guards()
                .byPrefix()
                .forEach((prefix, ruling) -> rules.prefixes.put(
                        prefix, ruling instanceof Ruling.Guarded(Guard guard) ? Optional.of(guard) : Optional.empty()));
        rules.recovery = governance.recovery();
        rules.gatewaysMayCompact = governance.gatewayRights().contains(Right.COMPACT);
        rules.keepRevisions = governance.keepRevisions();
        return rules;
    }

    Rules copy() {
        Rules copy = new Rules(chain, registry);
        copy.members.putAll(members);
        copy.prefixes.putAll(prefixes);
        copy.recovery = recovery;
        copy.gatewaysMayCompact = gatewaysMayCompact;
        copy.keepRevisions = keepRevisions;
        return copy;
    }

    public Digest chain() {
        return chain;
    }

    /** The same as the store knows it. */
    public Governance governance() {
        List<Principal> principals = members.values().stream()
                .map(member -> new Principal(
                        new PrincipalName(member.name()),
                        member.kind(),
                        new TreeSet<>(member.roles()),
                        member.keys().stream()
                                .map(held -> new Principal.HeldKey(
                                        held.key(), held.life().lifetime()))
                                .toList(),
                        member.life().lifetime()))
                .toList();
        List<Bytes> open = prefixes.keySet().stream()
                .filter(prefix -> guardOn(prefix).isEmpty())
                .toList();
        List<Guard> guards =
                prefixes.values().stream().flatMap(Optional::stream).toList();
        return new Governance(
                new Registry(principals),
                new GuardTable(Optional.of(registry), guards, open),
                recovery,
                gatewaysMayCompact ? EnumSet.of(Right.COMPACT) : EnumSet.noneOf(Right.class),
                keepRevisions);
    }

    private Optional<Guard> guardOn(Bytes prefix) {
        return prefixes.getOrDefault(prefix, Optional.empty());
    }

    // What decides.

    /** Nothing if the key is open. */
    private Optional<Guard> guardOf(Bytes key) {
        Optional<Bytes> longest = Optional.empty();
        for (Bytes prefix : prefixes.keySet()) {
            if (key.startsWith(prefix)
                    && longest.filter(other -> other.size() > prefix.size()).isEmpty()) {
                longest = Optional.of(prefix);
            }
        }
        return longest.map(this::guardOn).orElse(Optional.of(registry));
    }

    /** Where in the span something else may decide than just before: its beginning, and where prefixes begin and end. */
    private List<Bytes> turns(KeySpan span) {
        Stream<Bytes> ends = prefixes.keySet().stream().flatMap(prefix -> KeySpan.prefix(prefix).until().stream());
        return Stream.of(Stream.of(span.from()), prefixes.keySet().stream(), ends)
                .flatMap(each -> each)
                .filter(span::contains)
                .toList();
    }

    public boolean isOpen(KeySpan span) {
        return turns(span).stream().allMatch(key -> guardOf(key).isEmpty());
    }

    /** Whether a write with that key needs no other signature now. */
    public boolean signsAlone(SshPublicKey key, KeySpan span, long now) {
        return refusal(key, now).isEmpty() && mayWriteAlone(key, span);
    }

    /** Where one signature with that key is all that is wanted; machines count as well. */
    boolean mayWriteAlone(SshPublicKey key, KeySpan span) {
        Member signer = holder(key).orElseThrow();
        return turns(span).stream()
                .flatMap(at -> guardOf(at).stream())
                .allMatch(guard -> guard.threshold() == 1
                        && !guard.excludeAuthor()
                        && guard.keyKinds().contains(key.kind())
                        && lists(guard, signer));
    }

    private Set<Guard> deciding(SignedText text, long now) {
        return switch (text) {
            case Change change ->
                change.operations().stream()
                        .map(ChangeOperation::span)
                        .flatMap(span -> turns(span).stream())
                        .flatMap(key -> guardOf(key).stream())
                        .collect(Collectors.toSet());
            case AdminChange change ->
                change.operations().stream()
                        .map(operation -> authority(operation, now))
                        .collect(Collectors.toSet());
        };
    }

    /** A guard that nobody can satisfy now has no say in what comes in its place, nor has one around it. */
    private Guard authority(AdminOperation operation, long now) {
        Optional<Scope> scope = switch (operation) {
            case AdminOperation.SetGuard set -> Optional.of(set.guard().scope());
            case AdminOperation.RemoveGuard remove -> Optional.of(remove.scope());
            case AdminOperation.SetOpen set -> Optional.of(set.scope());
            case AdminOperation.RemoveOpen remove -> Optional.of(remove.scope());
            case AdminOperation.SetPrincipal _,
                    AdminOperation.RevokePrincipal _,
                    AdminOperation.SetKey _,
                    AdminOperation.RevokeKey _,
                    AdminOperation.SetRight _,
                    AdminOperation.RemoveRight _,
                    AdminOperation.SetKeepRevisions _,
                    AdminOperation.Compact _ -> Optional.empty();
        };
        return scope.flatMap(each -> each instanceof Scope.OfPrefix(Bytes prefix) ? guardOf(prefix) : Optional.empty())
                .filter(guard -> deadEnd(guard, now).isEmpty())
                .orElse(registry);
    }

    // Who counts.

    public Optional<String> nameOf(SshPublicKey key) {
        return holder(key).map(Member::name);
    }

    /** The keys that somebody has or had. */
    public List<SshPublicKey> keysOf(String name) {
        return Optional.ofNullable(members.get(name)).stream()
                .flatMap(member -> member.keys().stream())
                .map(Member.Held::key)
                .toList();
    }

    List<SshPublicKey> revokedKeys() {
        return members.values().stream()
                .flatMap(member -> member.keys().stream())
                .filter(held -> held.life().revoked().isPresent())
                .map(Member.Held::key)
                .toList();
    }

    Optional<Member> holder(SshPublicKey key) {
        return members.values().stream()
                .filter(member -> member.held(key).isPresent())
                .findFirst();
    }

    /** Why a signature with that key counts for nothing now. */
    Optional<SignerRefusal> refusal(SshPublicKey key, long now) {
        Optional<Member> found = holder(key);
        if (found.isEmpty()) {
            return Optional.of(new SignerRefusal.UnknownSigner(key.fingerprint()));
        }
        Member member = found.get();
        Life ofKey = member.held(key).orElseThrow().life();
        PrincipalName name = new PrincipalName(member.name());
        if (member.life().isRevoked(now) || ofKey.isRevoked(now)) {
            return Optional.of(new SignerRefusal.RevokedSigner(name, key.fingerprint()));
        }
        return member.signs(key, now)
                ? Optional.empty()
                : Optional.of(new SignerRefusal.SignerOutOfTime(name, key.fingerprint()));
    }

    boolean names(Guard guard, Member member) {
        return member.isPerson() && lists(guard, member);
    }

    private static boolean lists(Guard guard, Member member) {
        return guard.people().contains(new PrincipalName(member.name()))
                || member.roles().stream().anyMatch(role -> guard.roles().contains(role));
    }

    private boolean counts(Guard guard, Member member, SignedText text) {
        boolean isAuthor = member.name().equals(text.author().text());
        return names(guard, member) && !(guard.excludeAuthor() && isAuthor);
    }

    // Judging.

    /** What stands against a text, without order; and which signatures on it did not count. */
    public record Verdict(Set<Objection> objections, List<SignerRefusal> uncounted) {
        public boolean isAdmitted() {
            return objections.isEmpty();
        }

        boolean mayWait() {
            return objections.stream()
                    .allMatch(objection -> objection instanceof Objection.SignaturesMissing
                            || objection instanceof Objection.ValuesMissing);
        }
    }

    /**
     * What stands against {@code text} now.
     *
     * @param signatures each valid in itself, the author's first
     */
    public Verdict judge(SignedText text, List<Signed> signatures, long now) {
        List<Signed> counting = new ArrayList<>();
        List<SignerRefusal> uncounted = new ArrayList<>();
        for (Signed signature : signatures) {
            refusal(signature, text, counting, now).ifPresentOrElse(uncounted::add, () -> counting.add(signature));
        }
        Set<Objection> objections = new HashSet<>();
        if (!text.chain().equals(chain)) {
            objections.add(new Objection.WrongChain(chain, text.chain()));
        }
        if (now < text.validFromSeconds()) {
            objections.add(new Objection.NotYetValid(text.validFromSeconds()));
        }
        if (now >= text.expiresSeconds()) {
            objections.add(new Objection.Expired(text.expiresSeconds()));
        }
        if (counting.stream().noneMatch(Signed::isAuthors)) {
            objections.add(new Objection.NotSignedByAuthor(text.author(), authorsPurpose(text)));
        }
        Optional<Member> author = Optional.ofNullable(members.get(text.author().text()));
        boolean wantsPerson =
                text instanceof AdminChange || deciding(text, now).stream().anyMatch(Guard::excludeAuthor);
        if (wantsPerson && author.isPresent() && !author.get().isPerson()) {
            objections.add(new Objection.AuthorNoPerson(text.author()));
        }
        long validity = text.expiresSeconds() - text.validFromSeconds();
        if (validity > 2_592_000 && deciding(text, now).isEmpty()) {
            objections.add(new Objection.OpenTooLong(validity, 2_592_000));
        }
        objections.addAll(ofGuards(text, author, counting, now));
        return new Verdict(objections, uncounted);
    }

    public static Purpose authorsPurpose(SignedText text) {
        return text instanceof AdminChange ? Purpose.ADMIN : Purpose.CHANGE;
    }

    private Optional<SignerRefusal> refusal(Signed signature, SignedText text, List<Signed> before, long now) {
        SshPublicKey key = signature.key().orElseThrow();
        Optional<SignerRefusal> ofKey = refusal(key, now);
        if (ofKey.isPresent()) {
            return ofKey;
        }
        Member signer = holder(key).orElseThrow();
        PrincipalName name = new PrincipalName(signer.name());
        if (signature.isAuthors()) {
            return name.equals(text.author())
                    ? Optional.empty()
                    : Optional.of(new SignerRefusal.NotTheAuthor(name, text.author()));
        }
        boolean twice = before.stream()
                .map(other -> other.key().orElseThrow())
                .anyMatch(other -> signer.held(other).isPresent() && other.kind() == key.kind());
        return twice ? Optional.of(new SignerRefusal.SamePersonTwice(name)) : Optional.empty();
    }

    private Set<Objection> ofGuards(SignedText text, Optional<Member> author, List<Signed> counting, long now) {
        Set<Objection> usual = new HashSet<>();
        deciding(text, now)
                .forEach(guard -> objection(guard, text, counting, now).ifPresent(usual::add));
        boolean mayRecover = text instanceof AdminChange
                && recovery.isPresent()
                && author.isPresent()
                && names(recovery.get(), author.get());
        if (usual.isEmpty() || !mayRecover) {
            return usual;
        }
        Optional<Objection> ofRecovery = objection(recovery.get(), text, counting, now);
        if (ofRecovery.isEmpty()) {
            return Set.of();
        }
        usual.add(ofRecovery.get());
        return usual;
    }

    private Optional<Objection> objection(Guard guard, SignedText text, List<Signed> counting, long now) {
        long validity = text.expiresSeconds() - text.validFromSeconds();
        if (validity > guard.maxValiditySeconds()) {
            return Optional.of(new Objection.ValidTooLong(guard.scope(), validity, guard.maxValiditySeconds()));
        }
        Set<PrincipalName> have = new TreeSet<>();
        TreeSet<PrincipalName> others = new TreeSet<>();
        for (Member member : members.values()) {
            if (!counts(guard, member, text)) {
                continue;
            }
            boolean signed = counting.stream()
                    .map(signature -> signature.key().orElseThrow())
                    .anyMatch(key ->
                            member.held(key).isPresent() && guard.keyKinds().contains(key.kind()));
            if (signed) {
                have.add(new PrincipalName(member.name()));
            } else if (member.hasKeyOf(guard.keyKinds(), now)) {
                others.add(new PrincipalName(member.name()));
            }
        }
        if (have.size() >= guard.threshold()) {
            return Optional.empty();
        }
        int all = have.size() + others.size();
        return Optional.of(
                all < guard.threshold()
                        ? new Objection.OutOfReach(guard.scope(), guard.threshold(), all)
                        : new Objection.SignaturesMissing(guard.scope(), guard.threshold(), have.size(), others, 0));
    }

    // Dead ends.

    /** How many could sign for the guard now, if no author and no people could ever satisfy it. */
    Optional<Objection.DeadEnd> deadEnd(Guard guard, long now) {
        List<Member> able = members.values().stream()
                .filter(member -> names(guard, member) && member.hasKeyOf(guard.keyKinds(), now))
                .toList();
        for (Member author : members.values()) {
            boolean mayPropose = switch (guard.scope()) {
                case Scope.OfPrefix _ -> author.isPerson() || !guard.excludeAuthor();
                case Scope.OfRegistry _ -> author.isPerson();
                case Scope.OfRecovery _ -> names(guard, author);
            };
            long signers = able.stream()
                    .filter(member -> !guard.excludeAuthor() || !member.equals(author))
                    .count();
            if (mayPropose && author.hasKeyOf(EnumSet.allOf(KeyKind.class), now) && signers >= guard.threshold()) {
                return Optional.empty();
            }
        }
        return Optional.of(new Objection.DeadEnd(guard.scope(), guard.threshold(), able.size()));
    }
}
