package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Blocks of operations beside a plain model of the store. */
class ExecutionModelTest extends ExecutionFixture {
    sealed interface Step {
        record Put(Bytes key, int value, boolean large) implements Step {}

        record Delete(Bytes from, Bytes end) implements Step {}

        record PutAndDelete(Bytes put, Bytes delete) implements Step {}

        record Compact(int percent) implements Step {}

        record NewBlock(boolean reopen) implements Step {}
    }

    @Provide
    Arbitrary<Bytes> keys() {
        return Arbitraries.of((byte) 0, (byte) 'a', (byte) 'b', (byte) 0xff)
                .array(byte[].class)
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(Bytes::copyOf);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> put = Combinators.combine(
                        keys(), Arbitraries.integers().between(0, 99), Arbitraries.of(true, false))
                .as(Step.Put::new);
        Arbitrary<Step> delete = Combinators.combine(keys(), keys()).as(Step.Delete::new);
        Arbitrary<Step> both = Combinators.combine(keys(), keys()).as(Step.PutAndDelete::new);
        Arbitrary<Step> compact = Arbitraries.integers().between(0, 100).map(Step.Compact::new);
        Arbitrary<Step> block = Arbitraries.of(true, false, false, false, false).map(Step.NewBlock::new);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(10, put),
                        net.jqwik.api.Tuple.of(3, delete),
                        net.jqwik.api.Tuple.of(3, both),
                        net.jqwik.api.Tuple.of(1, compact),
                        net.jqwik.api.Tuple.of(5, block))
                .list()
                .ofMinSize(1)
                .ofMaxSize(50);
    }

    @Property(tries = 120)
    void blocksOfOperationsDoWhatThePlainModelDoes(@ForAll("steps") List<Step> steps) {
        KvModel model = new KvModel();
        List<Operation> block = new ArrayList<>();
        for (Step step : steps) {
            switch (step) {
                case Step.Put p -> {
                    Bytes value = Bytes.utf8("v".repeat(p.large() ? 2000 : 1) + p.value());
                    block.add(new Operation.Put(p.key(), value, 0, false, false, false));
                    model.put(p.key(), value, ++model.revision);
                }
                case Step.Delete d -> {
                    block.add(new Operation.DeleteRange(d.from(), d.end(), false));
                    model.revision += model.delete(KeySpan.of(d.from(), d.end()), model.revision + 1) > 0 ? 1 : 0;
                }
                case Step.PutAndDelete both -> {
                    Bytes value = Bytes.utf8("txn");
                    block.add(new Operation.Txn(
                            List.of(),
                            List.of(
                                    new Operation.Put(both.put(), value, 0, false, false, false),
                                    new Operation.DeleteRange(both.delete(), Bytes.EMPTY, false)),
                            List.of()));
                    if (!both.put().equals(both.delete())) {
                        model.revision++;
                        model.put(both.put(), value, model.revision);
                        model.delete(KeySpan.single(both.delete()), model.revision);
                    }
                }
                case Step.Compact c -> {
                    long at = model.revision * c.percent() / 100;
                    block.add(new Operation.Compact(at, false));
                    model.compacted = Math.max(model.compacted, at);
                }
                case Step.NewBlock b -> {
                    run(block);
                    block.clear();
                    if (b.reopen()) {
                        Digest root = machine.committed().roots().stateRoot();
                        machine.close();
                        machine = KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT);
                        assertThat(machine.committed().roots().stateRoot()).isEqualTo(root);
                    }
                    check(model);
                }
            }
        }
        run(block);
        check(model);
    }

    private void check(KvModel model) {
        assertThat(machine.committed().revision()).isEqualTo(model.revision);
        assertThat(machine.committed().compactRevision()).isEqualTo(model.compacted);
        Bytes all = Bytes.wrap(new byte[] {0});
        KeySpan everything = KeySpan.of(all, all);
        for (long at = Math.max(1, model.compacted); at <= model.revision; at++) {
            Outcome.Ranged ranged = (Outcome.Ranged) machine.range(get(all, all, at));
            assertThat(show(ranged)).as("at revision " + at).isEqualTo(model.range(everything, at));
            assertThat(ranged.count()).isEqualTo(ranged.versions().size());
        }
        if (model.compacted > 1) {
            assertThat(machine.range(get(all, all, model.compacted - 1)))
                    .isEqualTo(new Outcome.Failed(model.revision, KvError.COMPACTED));
        }
        assertThat(machine.range(get(all, all, model.revision + 1)))
                .isEqualTo(new Outcome.Failed(model.revision, KvError.FUTURE_REVISION));
    }

    @Property(tries = 40)
    void historyGivesEveryChangeOnceAndInOrder(@ForAll("steps") List<Step> steps) {
        List<KeyEvent> all = new ArrayList<>();
        List<KvState> behind = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Step.Put p) {
                KvState state = execute(request(List.of(
                        new Operation.Put(p.key(), Bytes.utf8("x"), 0, false, false, false),
                        new Operation.DeleteRange(p.key(), KeySpan.successor(p.key()), false))));
                machine.commit(state, TestBlocks.ANY);
                behind.add(state);
                if (p.large()) {
                    behind.forEach(late -> machine.persist(late, TestBlocks.ANY));
                    behind.clear();
                }
                all.addAll(state.changes());
            }
        }
        List<String> read = new ArrayList<>();
        long next = 2;
        while (next <= machine.committed().revision()) {
            KvStateMachine.HistoryPage page =
                    machine.history(_ -> true, next, Long.MAX_VALUE, 3).orElseThrow();
            page.changes()
                    .forEach(
                            e -> read.add(e.change() + " before " + e.previous().map(KeyVersion::toString)));
            next = page.through() + 1;
        }
        assertThat(read)
                .isEqualTo(all.stream()
                        .map(e -> e.change() + " before " + e.previous().map(KeyVersion::toString))
                        .toList());
    }

    @Property(tries = 60)
    void damagedEncodingsNeverThrowAndDecodeToWhatTheyEncode(
            @ForAll("steps") List<Step> steps, @ForAll int position, @ForAll byte mask) {
        List<Operation> operations = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Step.PutAndDelete(Bytes key, Bytes other)) {
                Operation txn = new Operation.Txn(
                        List.of(new Compare(Compare.Result.LESS, Compare.Target.VALUE, key, other, 3, other)),
                        List.of(put("k", "v"), new Operation.Compact(3, true)),
                        List.of(get(key, other, 9)));
                operations.add(txn);
                operations.add(new Operation.Unique(new Digest(1, 2, 3, position), txn));
                operations.add(new LeaseOperation.Grant(position, mask));
                operations.add(new LeaseOperation.Revoke(position));
                operations.add(new LeaseOperation.KeepAlive(List.of((long) position, -1L)));
            }
        }
        Bytes encoded = OperationCodec.encode(operations);
        assertThat(OperationCodec.decode(encoded)).contains(List.copyOf(operations));
        byte[] damaged = encoded.toArray();
        damaged[Math.floorMod(position, damaged.length)] ^= mask;
        OperationCodec.decode(Bytes.wrap(damaged))
                .ifPresent(read -> assertThat(OperationCodec.encode(read)).isEqualTo(Bytes.wrap(damaged)));
        assertThat(OperationCodec.decode(encoded.slice(0, encoded.size() - 1))).isEmpty();
    }

    private List<String> show(Outcome outcome) {
        return ((Outcome.Ranged) outcome)
                .versions().stream()
                        .map(v -> KvModel.show(
                                v.key(),
                                new KvModel.Version(v.createRevision(), v.modRevision(), v.version(), Optional.empty()),
                                machine.load(v).orElseThrow().value()))
                        .toList();
    }
}
