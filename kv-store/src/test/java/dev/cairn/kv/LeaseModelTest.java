package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Blocks of grants, leased puts and renewals, at any pace, with restarts and with guards that come and go, beside a
 * plain model.
 */
class LeaseModelTest extends LeaseFixture {
    sealed interface Step {
        /** A block so much later. */
        record Block(int moreMillis, List<Operation> operations) implements Step {}

        record Guard(boolean guarded) implements Step {}

        record Restart() implements Step {}
    }

    private static Arbitrary<Long> ids() {
        return Arbitraries.of(1L, 2L, 3L, -1L);
    }

    private static Arbitrary<String> keys() {
        return Arbitraries.of("a", "b", "c", "g/a", "g/b");
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Operation> grant =
                Combinators.combine(ids(), Arbitraries.longs().between(-1, 5)).as(LeaseOperation.Grant::new);
        Arbitrary<Operation> revoke = ids().map(LeaseOperation.Revoke::new);
        Arbitrary<Operation> keepAlive = ids().list().ofMaxSize(3).map(LeaseOperation.KeepAlive::new);
        Arbitrary<Operation> leased = Combinators.combine(keys(), ids()).as(LeaseFixture::put);
        Arbitrary<Operation> plain = keys().map(key -> put(key, 0));
        Arbitrary<Operation> keeping =
                keys().map(key -> new Operation.Put(Bytes.utf8(key), Bytes.utf8("w"), 0, false, false, true));
        Arbitrary<Operation> delete = keys().map(LeaseFixture::delete);
        Arbitrary<Operation> operation = Arbitraries.frequencyOf(
                Tuple.of(5, grant),
                Tuple.of(1, revoke),
                Tuple.of(3, keepAlive),
                Tuple.of(8, leased),
                Tuple.of(1, plain),
                Tuple.of(2, keeping),
                Tuple.of(1, delete));
        Arbitrary<Step> block = Combinators.combine(
                        Arbitraries.of(0, 1, 500, 999, 1000, 1000, 1001, 5000),
                        operation.list().ofMaxSize(5))
                .as(Step.Block::new);
        Arbitrary<Step> guard = Arbitraries.of(true, false).map(Step.Guard::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(16, block), Tuple.of(1, guard), Tuple.of(1, Arbitraries.just(new Step.Restart())))
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Property(tries = 60)
    void leasesDoWhatThePlainModelDoes(@ForAll("steps") List<Step> steps) {
        LeaseModel model = new LeaseModel();
        for (Step step : steps) {
            switch (step) {
                case Step.Block block -> run(model, block);
                case Step.Guard(boolean guarded) -> {
                    if (model.isGuarded != guarded) {
                        guardLater(guarded);
                        model.isGuarded = guarded;
                        model.revision = machine.committed().revision();
                    }
                }
                case Step.Restart _ -> reopen();
            }
            check(model);
        }
    }

    private void run(LeaseModel model, Step.Block block) {
        move(block.moreMillis());
        KvState state = execute(request(block.operations()));
        model.begin(block.moreMillis());
        List<Outcome> expected = new ArrayList<>();
        for (Operation operation : block.operations()) {
            expected.add(model.perform(operation));
        }
        model.expire();
        assertThat(((RequestOutcome.Executed) state.results().getFirst()).outcomes())
                .isEqualTo(expected);
        assertThat(deleted(
                        state.changes().stream().filter(event -> !event.isPut()).toList()))
                .isEqualTo(model.deleted);
        commit(state);
    }

    private void check(LeaseModel model) {
        assertThat(machine.committed().revision()).isEqualTo(model.revision);
        assertThat(visible().keySet()).isEqualTo(model.keys.keySet());
        model.keys.forEach((key, held) -> assertThat(version(key).lease()).isEqualTo(held.named()));
        assertThat(leases().byExpiry()).containsExactlyInAnyOrderElementsOf(model.leases.keySet());
        model.leases.forEach((id, term) -> {
            assertThat(leases().find(id)).contains(new Lease(id, term.seconds(), model.remainingMillis(id)));
            assertThat(keysOf(id)).isEqualTo(model.keysOf(id));
        });
        assertThat(machine.waitsForTime(machine.committed())).isEqualTo(!model.leases.isEmpty());
    }

    private KeyVersion version(String key) {
        return machine.committed()
                .tree()
                .get(Space.CLIENTS.treeKey(Bytes.utf8(key)))
                .map(Leaf::head)
                .orElseThrow();
    }
}
