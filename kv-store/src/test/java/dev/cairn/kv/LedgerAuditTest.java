package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.kv.audit.AuditedChange;
import dev.cairn.kv.audit.BrokenRuleException;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the audit finds where a store has done what it must not: each time one thing is not as a real one did it. */
class LedgerAuditTest extends LedgerFixture {
    private static final Bytes LIMIT = Space.CLIENTS.treeKey(Bytes.utf8("prod/limit"));
    private static final Bytes OTHER = Space.CLIENTS.treeKey(Bytes.utf8("prod/other"));
    private static final Bytes GOVERNANCE = Space.LEDGER.treeKey(LedgerKeys.GOVERNANCE);

    private final Change change = raise();

    private Change raise() {
        return new Change(
                CHAIN,
                1,
                START,
                START + LIFETIME,
                new PrincipalName("alice"),
                "Ticket 42",
                List.of(new Precondition.Absent(OTHER.slice(1, OTHER.size()))),
                List.of(putOf("prod/limit", "9")));
    }

    /** The block of the approval that executes the change. */
    private KvState approved() {
        run(submit(change, "alice", "9"));
        return execute(request(List.of(approve(change, "bob"))));
    }

    private void finds(String rule, KvState before, KvState real, KvState forged) {
        finds(rule, Objects.requireNonNull(proposals.get(real)), before, forged);
    }

    private void finds(String rule, Proposal proposal, KvState before, KvState forged) {
        BrokenRuleException found =
                catchThrowableOfType(BrokenRuleException.class, () -> audit.next(proposal, before, forged));
        assertThat(found).as(rule).isNotNull();
        assertThat(found.rule()).as("%s", found.getMessage()).isEqualTo(rule);
    }

    private void findsInWrites(String rule, KvState real, List<KeyEvent> forged) {
        finds(rule, machine.committed(), real, with(real, forged));
    }

    private static KvState with(KvState state, List<KeyEvent> changes) {
        return new KvState(
                state.height(),
                state.tree(),
                state.revision(),
                state.compactRevision(),
                state.roots(),
                state.governance(),
                state.results(),
                changes,
                state.written(),
                state.removed(),
                state.touchedSystem(),
                state.unpersisted());
    }

    private static KvState with(KvState state, Tree tree, long compactRevision) {
        return new KvState(
                state.height(),
                tree,
                state.revision(),
                compactRevision,
                state.roots(),
                state.governance(),
                state.results(),
                state.changes(),
                state.written(),
                state.removed(),
                state.touchedSystem(),
                state.unpersisted());
    }

    private static KeyEvent event(Bytes treeKey, long revision, Bytes value) {
        return new KeyEvent(KeyVersion.put(treeKey, revision, 0, revision, 1, 0, Value.of(value)), Optional.empty());
    }

    private static List<KeyEvent> withValue(List<KeyEvent> events, Bytes treeKey, UnaryOperator<Bytes> forged) {
        List<KeyEvent> all = new ArrayList<>();
        for (KeyEvent each : events) {
            KeyVersion version = each.change();
            boolean isMeant = version.isLive() && version.treeKey().equals(treeKey);
            Bytes value = isMeant ? forged.apply(version.value().resident().orElseThrow()) : Bytes.EMPTY;
            all.add(isMeant ? event(treeKey, version.modRevision(), value) : each);
        }
        assertThat(all).isNotEqualTo(events);
        return all;
    }

    private List<KeyEvent> withRecord(KvState real, UnaryOperator<ChangeRecord> forged) {
        return withValue(
                real.changes(),
                Space.LEDGER.treeKey(LedgerKeys.settled(change.digest())),
                bytes -> forged.apply(ChangeRecord.decode(bytes)).encode());
    }

    private static List<KeyEvent> andAlso(KvState real, KeyEvent more) {
        List<KeyEvent> all = new ArrayList<>(real.changes());
        all.add(more);
        return all;
    }

    private static ChangeRecord signedBy(ChangeRecord record, List<ChangeRecord.Taken> signatures) {
        return new ChangeRecord(
                record.standing(),
                record.text(),
                signatures,
                record.settledSeconds(),
                record.revision(),
                record.detail());
    }

    // What holds.

    @Test
    void whatWasExecutedIsToldWithItsRecordAndByWhomItWasAdmitted() {
        KvState real = approved();
        commit(real);

        assertThat(audited).hasSize(1);
        AuditedChange found = audited.getFirst();
        assertThat(found.text()).isEqualTo(change);
        assertThat(found.height()).isEqualTo(real.height());
        assertThat(found.record().signatures()).hasSize(2);
        assertThat(found.governance()).isEqualTo(founding());
    }

    @Test
    void whatWaitsExpiresConflictsOrIsWithdrawnIsNoChangeAndBreaksNothing() {
        run(submit(change, "alice", "9"));
        Change withdrawn = change("alice", List.of(), putOf("prod/a", "1"));
        run(submit(withdrawn, "alice", "1"));
        run(withdraw(withdrawn, "alice"));
        run(approve(withdrawn, "bob"));
        nowSeconds += 2 * LIFETIME;
        runTogether(put("open/a", "1"), put("open/b", "1"));
        run(approve(change, "bob"));

        assertThat(audited).isEmpty();
    }

    // What does not.

    @Test
    void aRecordThatTellsAnotherTime() {
        KvState real = approved();
        findsInWrites("RecordTellsTheTruth", real, withRecord(real, record -> record.executed(record.revision(), 7)));
    }

    @Test
    void aRecordOfAnotherText() {
        KvState real = approved();
        Bytes other = change("alice", List.of(), putOf("prod/limit", "9")).text();
        findsInWrites(
                "RecordTellsTheTruth",
                real,
                withRecord(
                        real,
                        record -> new ChangeRecord(
                                record.standing(),
                                other,
                                record.signatures(),
                                record.settledSeconds(),
                                record.revision(),
                                record.detail())));
    }

    @Test
    void aChangeThatIsExecutedTwice() throws BrokenRuleException {
        KvState before = machine.committed();
        run(submit(change, "alice", "9"));
        KvState real = execute(request(List.of(approve(change, "bob"))));
        Proposal proposal = Objects.requireNonNull(proposals.get(real));
        var _ = audit.next(proposal, machine.committed(), real);

        finds("ExecutedOnce", proposal, before, real);
    }

    @Test
    void aSignatureOnAnotherText() {
        KvState real = approved();
        Bytes another = new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, CHAIN).text();
        ChangeRecord.Taken taken =
                new ChangeRecord.Taken(Purpose.APPROVE, key("bob").sign("approve@cairn.dev", another), nowSeconds);
        findsInWrites(
                "SignaturesHold",
                real,
                withRecord(
                        real,
                        record -> signedBy(record, List.of(record.signatures().getFirst(), taken))));
    }

    @Test
    void aChangeWithFewerSignaturesThanItsGuardWants() {
        KvState real = approved();
        findsInWrites(
                "GuardsAreContent",
                real,
                withRecord(
                        real,
                        record -> signedBy(record, List.of(record.signatures().getFirst()))));
    }

    @Test
    void aSignatureOfSomebodyWhoIsNotRegistered() {
        KvState real = approved();
        Bytes text = new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, change.digest()).text();
        ChangeRecord.Taken taken =
                new ChangeRecord.Taken(Purpose.APPROVE, key("stranger").sign("approve@cairn.dev", text), nowSeconds);
        findsInWrites(
                "GuardsAreContent",
                real,
                withRecord(
                        real,
                        record -> signedBy(record, List.of(record.signatures().getFirst(), taken))));
    }

    @Test
    void anApprovalThatNobodyHasBrought() {
        KvState real = approved();
        Proposal proposal = Objects.requireNonNull(proposals.get(real));
        Proposal without = new Proposal(proposal.height(), proposal.timeNanos(), List.<Request>of());

        finds("SignaturesWereBrought", without, machine.committed(), real);
    }

    @Test
    void aWithdrawalThatTheRecordHasForgotten() {
        Change vault = change("alice", List.of(), putOf("vault/key", "1"));
        run(submit(vault, "alice", "1"));
        run(approve(vault, "bob"));
        KvState before = machine.committed();
        KvState real = execute(request(List.of(withdraw(vault, "bob"))));
        Bytes pending = Space.LEDGER.treeKey(LedgerKeys.pending(vault.digest()));
        List<KeyEvent> forged = withValue(real.changes(), pending, bytes -> {
            PendingRecord record = PendingRecord.decode(bytes);
            return new PendingRecord(record.signatures().subList(0, 1)).encode();
        });

        finds("SignaturesWereBrought", before, real, with(real, forged));
    }

    @Test
    void aBaseThatNobodyCouldHaveLookedAt() {
        Change open = change("alice", List.of(), putOf("open/a", "1"));
        KvState before = machine.committed();
        KvState real = execute(request(List.of(submit(open, "alice", "1"))));
        long compacted = open.baseRevision() + 1;

        finds(
                "BaseIsKnown",
                Objects.requireNonNull(proposals.get(real)),
                with(before, before.tree(), compacted),
                with(real, real.tree(), compacted));
    }

    @Test
    void aPreconditionThatDoesNotHold() {
        KvState real = approved();
        TreeEditor tree = machine.committed().tree().edit();
        tree.put(new Leaf(event(OTHER, 1, Bytes.EMPTY).change(), MerkleFrontier.EMPTY));
        KvState before = machine.committed();

        finds(
                "PreconditionsHold",
                Objects.requireNonNull(proposals.get(real)),
                with(before, tree.seal(), before.compactRevision()),
                real);
    }

    @Test
    void aValueThatNobodySigned() {
        KvState real = approved();
        findsInWrites("ValuesAreThoseSigned", real, withValue(real.changes(), LIMIT, _ -> Bytes.utf8("10")));
    }

    @Test
    void aKeyThatTheTextDoesNotName() {
        KvState real = approved();
        findsInWrites("NothingElseIsWritten", real, andAlso(real, event(OTHER, real.revision(), Bytes.utf8("9"))));
    }

    @Test
    void aKeyThatShouldHaveBeenDeleted() {
        run(put("open/a", "1"));
        Change delete =
                change("alice", List.of(), new ChangeOperation.DeleteRange(Bytes.utf8("open/"), Bytes.utf8("open0")));
        KvState real = execute(request(List.of(submit(delete, "alice"))));
        List<KeyEvent> forged = real.changes().stream()
                .filter(event -> !Space.CLIENTS.holds(event.change().treeKey()))
                .toList();

        findsInWrites("NothingElseIsWritten", real, forged);
    }

    @Test
    void aGovernanceThatTheTextDoesNotLeadTo() {
        AdminChange open = new AdminChange(
                CHAIN,
                machine.committed().revision(),
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName("alice"),
                "Scratch space",
                List.of(new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("scratch/")))));
        run(new Operation.SubmitChange(open.text(), List.of(), key("alice").sign("admin@cairn.dev", open.text())));
        KvState real = execute(request(List.of(endorse(Endorsement.Kind.APPROVAL, open.digest(), "bob"))));

        findsInWrites(
                "GovernanceIsAmended",
                real,
                withValue(real.changes(), GOVERNANCE, _ -> founding().text()));
    }

    @Test
    void aGuardedKeyThatWasWrittenWithoutSignatures() {
        KvState real = execute(request(List.of(put("open/a", "1"))));
        findsInWrites("UnsignedWritesAreOpen", real, andAlso(real, event(OTHER, real.revision(), Bytes.utf8("9"))));
    }

    @Test
    void aGovernanceThatNoChangeHasWritten() {
        KvState real = execute(request(List.of(put("open/a", "1"))));
        findsInWrites("LedgerIsKept", real, andAlso(real, event(GOVERNANCE, real.revision(), Bytes.utf8("x"))));
    }

    @Test
    void anExecutedChangeThatIsForgotten() {
        commit(approved());
        KvState real = execute(request(List.of(put("open/a", "1"))));
        Bytes record = Space.LEDGER.treeKey(LedgerKeys.settled(change.digest()));
        KeyEvent removed = new KeyEvent(KeyVersion.tombstone(record, real.revision(), 1), Optional.empty());

        findsInWrites("LedgerIsKept", real, andAlso(real, removed));
    }

    @Test
    void aCompactionThatNobodyMayMake() {
        KvState real = execute(request(List.of(put("open/a", "1"))));
        finds("CompactionIsAllowed", machine.committed(), real, with(real, real.tree(), 1));
    }
}
