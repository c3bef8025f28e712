package dev.cairn.kv.governed;

import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.TestMachine;
import dev.cairn.kv.audit.BrokenRuleException;
import dev.cairn.kv.audit.ChangeAudit;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.StateMachine.Incoming;
import dev.cairn.protocol.StateMachine.Verdict;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A real state machine on a disk of its own, block by block. */
final class Store implements AutoCloseable {
    private final Path home;
    private final Governance founding;
    private final List<KvState> unpersisted = new ArrayList<>();
    private KvStateMachine machine;
    private int lives;

    /** Follows what is executed here from the first block on; nothing once blocks were left out. */
    private Optional<ChangeAudit> audit;

    Store(Governance founding) {
        this.founding = founding;
        try {
            this.home = Files.createTempDirectory("cairn-governed");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.machine = open();
        this.audit = Optional.of(new ChangeAudit(TestMachine.CHAIN, founding));
    }

    private KvStateMachine open() {
        return KvStateMachine.open(home.resolve("state" + lives), TestMachine.CHAIN, founding, Limits.DEFAULT);
    }

    KvState state() {
        return machine.committed();
    }

    /** It is on disk after {@link #persist}. */
    KvState run(Proposal proposal) {
        KvState before = machine.committed();
        KvState next = machine.execute(before, proposal);
        audit.ifPresent(following -> requireSound(following, proposal, before, next));
        machine.commit(next, TestMachine.ANY_BLOCK);
        unpersisted.add(next);
        return next;
    }

    private static void requireSound(ChangeAudit audit, Proposal proposal, KvState before, KvState after) {
        try {
            var _ = audit.next(proposal, before, after);
        } catch (BrokenRuleException e) {
            throw new AssertionError("block " + proposal.height() + ": " + e.getMessage(), e);
        }
    }

    void persist() {
        unpersisted.forEach(state -> machine.persist(state, TestMachine.ANY_BLOCK));
        unpersisted.clear();
    }

    void restart() {
        persist();
        machine.close();
        machine = open();
    }

    /** On an empty disk, with the state that another has now. */
    void restoreFrom(Store other) {
        audit = Optional.empty();
        unpersisted.clear();
        machine.close();
        lives++;
        machine = open();
        other.persist();
        KvState state = other.state();
        other.machine.pin(state);
        try (Incoming incoming = machine.receive(TestMachine.header(state))) {
            List<Bytes> places = new ArrayList<>(List.of(Bytes.EMPTY));
            for (int i = 0; i < places.size(); i++) {
                Bytes chunk = other.machine.chunk(state, places.get(i), Optional.empty(), 2000);
                if (!(incoming.add(places.get(i), chunk) instanceof Verdict.Accepted(Optional<Bytes> next))) {
                    throw new AssertionError("a chunk of an honest store is refused");
                }
                next.ifPresent(places::add);
            }
            if (!incoming.complete() || !machine.adopt(TestMachine.header(state))) {
                throw new AssertionError("a whole state is not adopted");
            }
        }
        other.machine.unpin(state);
    }

    // What it holds.

    SortedMap<Bytes, String> clients() {
        SortedMap<Bytes, String> all = new TreeMap<>();
        live(Space.CLIENTS)
                .forEach(version -> all.put(
                        version.key(),
                        Shown.entry(
                                value(version), version.createRevision(), version.modRevision(), version.version())));
        return all;
    }

    SortedMap<Bytes, String> ledger() {
        SortedMap<Bytes, String> all = new TreeMap<>();
        live(Space.LEDGER).forEach(version -> {
            all.put(version.key(), shown(version.key(), value(version)));
        });
        return all;
    }

    private static String shown(Bytes key, Bytes record) {
        if (LedgerKeys.ALL_PENDING.contains(key)) {
            return Shown.signatures(PendingRecord.decode(record).signatures());
        }
        return LedgerKeys.ALL_SETTLED.contains(key) ? Shown.record(ChangeRecord.decode(record)) : Shown.value(record);
    }

    private List<KeyVersion> live(Space space) {
        List<KeyVersion> all = new ArrayList<>();
        state().tree()
                .forEach(space.treeSpan(KeySpan.prefix(Bytes.EMPTY)), version -> !version.isLive() || all.add(version));
        return all;
    }

    private Bytes value(KeyVersion version) {
        return machine.load(version).orElseThrow().value();
    }

    @Override
    public void close() {
        machine.close();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
