package dev.cairn.kv.audit;

import dev.cairn.kv.KvState;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One block, revision by revision, each beside the operation that made it. What a block drops because it has expired has a
 * revision of its own before all operations; a value that completes a change may make two.
 */
final class BlockWalk {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MICRO = 1000;

    private final ChangeAudit audit;
    private final Proposal block;
    private final KvState parent;
    private final KvState after;
    private final long nowSeconds;
    private final StateBefore before;
    private final long nowMicros;
    private final NavigableMap<Long, List<KeyEvent>> left = new TreeMap<>();
    private final List<AuditedChange> changes = new ArrayList<>();
    private final Set<Long> signedCompactions = new LinkedHashSet<>();
    private boolean gatewaysMayCompact;
    private long unsignedWrites;
    private long signedWrites;

    /** What in a request may account for what was written. */
    private record Cause(Optional<Operation> operation, Optional<Brought> brought) {
        static final Cause NONE = new Cause(Optional.empty(), Optional.empty());

        static Cause of(Operation operation, Optional<Brought> brought) {
            return new Cause(Optional.of(inner(operation)), brought);
        }
    }

    BlockWalk(ChangeAudit audit, Proposal block, KvState parent, KvState after) {
        this.audit = audit;
        this.block = block;
        this.parent = parent;
        this.after = after;
        this.nowSeconds = Math.floorDiv(block.timeNanos(), NANOS_PER_SECOND);
        this.nowMicros = Math.floorDiv(block.timeNanos(), NANOS_PER_MICRO);
        this.before = new StateBefore(parent.tree());
        this.gatewaysMayCompact = mayCompact(audit.governance());
        for (KeyEvent event : after.changes()) {
            left.computeIfAbsent(event.change().modRevision(), _ -> new ArrayList<>())
                    .add(event);
        }
    }

    AuditedBlock run() throws BrokenRuleException {
        audit.leases().begin(block.timeNanos());
        for (int i = 0; i < block.requests().size(); i++) {
            if (after.results().get(i) instanceof RequestOutcome.Executed(var outcomes)) {
                List<Operation> operations = OperationCodec.decode(
                                block.requests().get(i).operations())
                        .orElseThrow();
                for (int j = 0; j < outcomes.size(); j++) {
                    operation(operations.get(j), outcomes.get(j));
                }
            }
        }
        upTo(Long.MAX_VALUE, Cause.NONE);
        audit.leases().end(after);
        require(
                "the block",
                CompactionIsAllowed.class,
                CompactionIsAllowed.broken(
                        parent.compactRevision(), after.compactRevision(), gatewaysMayCompact, signedCompactions));
        if (!audit.governance().equals(after.governance())) {
            throw new BrokenRuleException(
                    "the block", GovernanceIsAmended.class, "who governs behind it is not whom changes lead to");
        }
        return new AuditedBlock(changes, signedWrites, unsignedWrites);
    }

    private void operation(Operation operation, Outcome outcome) throws BrokenRuleException {
        Optional<Brought> brought = Brought.by(operation, nowSeconds);
        if (outcome instanceof Outcome.Change told && told.standing() != ChangeStanding.REFUSED) {
            brought.ifPresent(this::noteWithdrawal);
        }
        upTo(outcome.revision(), Cause.of(operation, brought));
        audit.leases().answered(inner(operation), outcome);
    }

    /** What is to be done, whoever asks. */
    private static Operation inner(Operation operation) {
        Operation asked = operation instanceof Operation.Unique unique ? unique.operation() : operation;
        return asked instanceof Operation.OnBehalf onBehalf ? onBehalf.operation() : asked;
    }

    /** Of a change that waits; it was taken in, whatever the ledger makes of it. */
    private void noteWithdrawal(Brought brought) {
        if (brought.signature().purpose() == Purpose.WITHDRAW) {
            audit.governance()
                    .registry()
                    .holderOf(brought.keyBlob())
                    .ifPresent(holding -> audit.waiting()
                            .computeIfPresent(
                                    brought.change(),
                                    (_, known) ->
                                            known.without(holding.principal().name())));
        }
    }

    private void upTo(long revision, Cause cause) throws BrokenRuleException {
        while (!left.isEmpty() && left.firstKey() <= revision) {
            var next = left.pollFirstEntry();
            revision(next.getKey(), next.getValue(), cause);
        }
    }

    private void revision(long revision, List<KeyEvent> writes, Cause cause) throws BrokenRuleException {
        Optional<Digest> logged = put(writes, LedgerKeys.ALL_LOGGED)
                .findFirst()
                .map(version -> Digest.of(bytes(version).shared()));
        if (logged.isPresent()) {
            executed(logged.get(), revision, writes);
        } else {
            withoutChange(revision, writes, cause);
        }
        for (KeyVersion version : put(writes, LedgerKeys.ALL_PENDING).toList()) {
            keep(named(version), PendingRecord.decode(bytes(version)).signatures(), cause.brought());
        }
        for (KeyVersion version : put(writes, LedgerKeys.ALL_SETTLED).toList()) {
            keep(named(version), ChangeRecord.decode(bytes(version)).signatures(), cause.brought());
            audit.settle(named(version));
        }
        writes.stream()
                .map(KeyEvent::change)
                .filter(version -> !version.isLive() && isRecord(version, LedgerKeys.ALL_PENDING))
                .forEach(version -> audit.waiting().remove(named(version)));
        audit.executed().written(writes, before);
        before.write(writes);
    }

    private void withoutChange(long revision, List<KeyEvent> writes, Cause cause) throws BrokenRuleException {
        String subject = "revision " + revision;
        long ofKeys = writes.stream()
                .filter(event -> Space.CLIENTS.holds(event.change().treeKey()))
                .count();
        if (ofKeys > 0 && cause.operation().orElse(null) instanceof Operation.SignedWrite write) {
            require(
                    subject,
                    WritesAreTheirSigners.class,
                    audit.signedWrites().broken(audit.governance(), nowMicros, write, writes));
            signedWrites += ofKeys;
        } else {
            require(
                    subject,
                    UnsignedWritesAreOpen.class,
                    UnsignedWritesAreOpen.broken(audit.governance().guards(), writes));
            if (ofKeys > 0) {
                require(subject, LeasesRunOut.class, endsNoOtherLease(writes, cause));
            }
            unsignedWrites += ofKeys;
        }
        require(
                subject,
                LedgerIsKept.class,
                LedgerIsKept.broken(writes, record -> audit.executed().mustKeep(record, nowSeconds)));
    }

    private Optional<String> endsNoOtherLease(List<KeyEvent> writes, Cause cause) {
        if (cause.operation().isEmpty()) {
            return audit.leases().broken(writes);
        }
        return cause.operation().get() instanceof LeaseOperation.Revoke(long id)
                ? LeasesRunOut.broken(id, writes)
                : Optional.empty();
    }

    /** The ledger keeps a record, of a change that waits or is settled now. */
    private void keep(Digest change, List<ChangeRecord.Taken> signatures, Optional<Brought> brought)
            throws BrokenRuleException {
        Waiting known =
                audit.waiting().getOrDefault(change, new Waiting(List.of(), Set.of(), parent.compactRevision()));
        require(
                "change " + change.toHex(),
                SignaturesWereBrought.class,
                SignaturesWereBrought.broken(
                        known.signatures(),
                        brought.filter(each -> each.change().equals(change)).map(Brought::signature),
                        signatures));
        audit.waiting().put(change, known.with(signatures));
    }

    private void executed(Digest change, long revision, List<KeyEvent> writes) throws BrokenRuleException {
        String subject = "change " + change.toHex() + " at revision " + revision;
        ChangeRecord record = put(writes, LedgerKeys.ALL_SETTLED)
                .filter(version -> named(version).equals(change))
                .findFirst()
                .map(version -> ChangeRecord.decode(bytes(version)))
                .orElseThrow(() ->
                        new BrokenRuleException(subject, RecordTellsTheTruth.class, "no record of it was written"));
        SignedText text = read(subject, record);
        Governance governance = audit.governance();
        Execution execution = new Execution(
                audit.chain(),
                change,
                nowSeconds,
                revision,
                record,
                text,
                record.signatures().stream()
                        .map(taken -> JudgedSignature.of(taken, text))
                        .toList(),
                before,
                governance,
                Optional.ofNullable(audit.waiting().get(change)),
                parent.compactRevision(),
                audit.isSettled(change),
                writes);
        for (ChangeRule rule : ChangeRule.ALL) {
            require(subject, rule.getClass(), rule.broken(execution));
        }
        if (text instanceof AdminChange admin) {
            govern(admin);
        }
        audit.executed().executed(text, revision, writes);
        changes.add(new AuditedChange(block.height(), text, record, governance));
    }

    private static SignedText read(String subject, ChangeRecord record) throws BrokenRuleException {
        try {
            return SignedText.parse(record.text());
        } catch (ChangeException e) {
            throw new BrokenRuleException(subject, RecordTellsTheTruth.class, "its text is none: " + e.getMessage());
        }
    }

    private void govern(AdminChange change) {
        if (audit.governance().apply(change, nowSeconds) instanceof Amendment.To(Governance next)) {
            audit.govern(next);
            gatewaysMayCompact |= mayCompact(next);
        }
        change.operations().stream()
                .filter(AdminOperation.Compact.class::isInstance)
                .map(AdminOperation.Compact.class::cast)
                .forEach(compact -> {
                    signedCompactions.add(compact.revision());
                    audit.executed().compacted(compact.revision());
                });
    }

    private static boolean mayCompact(Governance governance) {
        return governance.gatewayRights().contains(Right.COMPACT)
                || governance.gatewayRights().contains(Right.IMPORT);
    }

    private static void require(String subject, Class<?> rule, Optional<String> broken) throws BrokenRuleException {
        if (broken.isPresent()) {
            throw new BrokenRuleException(subject, rule, broken.get());
        }
    }

    private static Stream<KeyVersion> put(List<KeyEvent> writes, KeySpan records) {
        return writes.stream().map(KeyEvent::change).filter(version -> version.isLive() && isRecord(version, records));
    }

    private static boolean isRecord(KeyVersion version, KeySpan records) {
        return Space.LEDGER.holds(version.treeKey()) && records.contains(version.key());
    }

    /** Of which change the record is. */
    private static Digest named(KeyVersion record) {
        Bytes key = record.treeKey();
        return Digest.read(key.shared(), key.size() - Digest.BYTES);
    }

    private static Bytes bytes(KeyVersion version) {
        return version.value()
                .resident()
                .orElseThrow(() -> new IllegalStateException("what a block wrote is in memory until it is on disk"));
    }
}
