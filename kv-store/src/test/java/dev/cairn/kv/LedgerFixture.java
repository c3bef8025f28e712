package dev.cairn.kv;

import dev.cairn.kv.audit.AuditedChange;
import dev.cairn.kv.audit.BrokenRuleException;
import dev.cairn.kv.audit.ChangeAudit;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.VerdictText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.TestKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A store in which prod/ needs two of alice, bob and carol, vault/ two others than the author, and open/ nobody; everything
 * else is decided on by the registry's guard, two of the three.
 */
abstract class LedgerFixture extends ExecutionFixture {
    static final long START = 1_000_000;
    static final long LIFETIME = 600;
    private static final Map<String, TestKey> KEYS = Map.of(
            "alice", TestKey.of(KeyKind.ED25519, 1),
            "bob", TestKey.of(KeyKind.SK_ED25519, 2),
            "carol", TestKey.of(KeyKind.ED25519, 3),
            "stranger", TestKey.of(KeyKind.ED25519, 4));

    long nowSeconds = START;
    ChangeAudit audit = new ChangeAudit(CHAIN, founding());
    private boolean isOneChain = true;
    final List<AuditedChange> audited = new ArrayList<>();
    final IdentityHashMap<KvState, Proposal> proposals = new IdentityHashMap<>();

    static TestKey key(String holder) {
        return Objects.requireNonNull(KEYS.get(holder));
    }

    static Governance governance() {
        return governance(Set.of());
    }

    /** The same with some people revoked from the start. */
    static Governance governance(Set<String> revoked) {
        List<Principal> people = Stream.of("alice", "bob", "carol")
                .map(name -> person(name, revoked.contains(name)))
                .toList();
        GuardTable guards = new GuardTable(
                Optional.of(guard(Scope.REGISTRY, 2, false)),
                List.of(
                        guard(new Scope.OfPrefix(Bytes.utf8("prod/")), 2, false),
                        guard(new Scope.OfPrefix(Bytes.utf8("vault/")), 2, true)),
                List.of(Bytes.utf8("open/")));
        return new Governance(new Registry(people), guards, Optional.empty(), EnumSet.noneOf(Right.class), 0);
    }

    private static Principal person(String name, boolean revoked) {
        Lifetime always = Lifetime.between(0, 100 * START);
        try {
            return new Principal(
                    new PrincipalName(name),
                    Principal.Kind.PERSON,
                    new TreeSet<>(),
                    List.of(new Principal.HeldKey(
                            key(name).publicKey(), revoked ? always.revokedAt(START - 1) : always)),
                    always);
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Guard guard(Scope scope, int threshold, boolean excludeAuthor) {
        TreeSet<PrincipalName> people = new TreeSet<>();
        Stream.of("alice", "bob", "carol").map(PrincipalName::new).forEach(people::add);
        return new Guard(
                scope, threshold, people, new TreeSet<>(), excludeAuthor, EnumSet.allOf(KeyKind.class), LIFETIME);
    }

    @Override
    Governance founding() {
        return governance();
    }

    // Blocks with a time of their own.

    @Override
    KvState execute(Request... requests) {
        KvState parent = machine.committed();
        Proposal proposal = new Proposal(parent.height().next(), nowSeconds * 1_000_000_000L, List.of(requests));
        KvState state = machine.execute(parent, proposal);
        proposals.put(state, proposal);
        return state;
    }

    /** All that is committed in these tests is audited. */
    @Override
    void commit(KvState state) {
        if (state.height().equals(Height.GENESIS.next())) {
            audit = new ChangeAudit(CHAIN, founding());
        }
        Proposal proposal = Objects.requireNonNull(proposals.remove(state));
        // Some tests open the store anew with others who govern, which no chain does.
        isOneChain &= machine.committed().governance().equals(audit.governance());
        if (isOneChain) {
            try {
                audited.addAll(audit.next(proposal, machine.committed(), state).changes());
            } catch (BrokenRuleException e) {
                throw new AssertionError(e);
            }
        }
        super.commit(state);
    }

    List<Outcome> runTogether(Operation... operations) {
        Request[] requests =
                Stream.of(operations).map(each -> request(List.of(each))).toArray(Request[]::new);
        KvState state = execute(requests);
        commit(state);
        List<Outcome> outcomes = new ArrayList<>();
        for (RequestOutcome outcome : state.results()) {
            outcomes.add(((RequestOutcome.Executed) outcome).outcomes().getFirst());
        }
        return outcomes;
    }

    // Changes.

    Change change(String author, List<Precondition> preconditions, ChangeOperation... operations) {
        return new Change(
                CHAIN,
                machine.committed().revision(),
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName(author),
                "Because " + sequence++,
                preconditions,
                List.of(operations));
    }

    static ChangeOperation put(Bytes key, Bytes value) {
        return new ChangeOperation.Put(key, value.size(), Hashing.sha256(value.shared()));
    }

    static ChangeOperation putOf(String key, String value) {
        return put(Bytes.utf8(key), Bytes.utf8(value));
    }

    static Operation submit(Change change, String signer, String... values) {
        return new Operation.SubmitChange(
                change.text(),
                Stream.of(values).map(Bytes::utf8).toList(),
                key(signer).sign("change@cairn.dev", change.text()));
    }

    static Operation approve(Change change, String signer) {
        return endorse(Endorsement.Kind.APPROVAL, change.digest(), signer);
    }

    static Operation withdraw(Change change, String signer) {
        return endorse(Endorsement.Kind.WITHDRAWAL, change.digest(), signer);
    }

    static Operation endorse(Endorsement.Kind kind, Digest change, String signer) {
        Bytes text = new Endorsement(kind, CHAIN, change).text();
        return new Operation.EndorseChange(text, key(signer).sign(kind.purpose().namespace(), text));
    }

    static ChangeStanding standing(Outcome outcome) {
        if (outcome instanceof Outcome.Change change) {
            return change.standing();
        }
        throw new AssertionError("no change's outcome: " + outcome);
    }

    /** What people are told: a sentence in each line. */
    static String detail(Outcome outcome) {
        try {
            VerdictText.Verdict verdict = VerdictText.parse(((Outcome.Change) outcome).detail());
            return Stream.concat(
                            verdict.objections().stream().map(Objection::sentence),
                            verdict.uncounted().stream().map(SignerRefusal::sentence))
                    .collect(Collectors.joining("\n"));
        } catch (ChangeException e) {
            throw new AssertionError("no verdict: " + outcome, e);
        }
    }

    /** Everything that clients see. */
    SortedMap<String, String> visible() {
        SortedMap<String, String> all = new TreeMap<>();
        KvState state = machine.committed();
        state.tree().forEach(Space.CLIENTS.treeSpan(KeySpan.prefix(Bytes.EMPTY)), version -> {
            if (version.isLive()) {
                all.put(
                        version.key().toUtf8(),
                        machine.load(version).orElseThrow().value().toUtf8());
            }
            return true;
        });
        return all;
    }

    Optional<Bytes> record(Bytes key) {
        return machine.committed()
                .tree()
                .get(Space.LEDGER.treeKey(key))
                .map(Leaf::head)
                .filter(KeyVersion::isLive)
                .map(version -> machine.load(version).orElseThrow().value());
    }
}
