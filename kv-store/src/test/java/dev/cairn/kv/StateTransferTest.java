package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.StateMachine.Incoming;
import dev.cairn.protocol.StateMachine.Verdict;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Message.SnapshotOffer;
import dev.cairn.protocol.model.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateTransferTest {
    private static final Bytes ALL = Bytes.wrap(new byte[] {0});

    private TestMachine source;
    private TestMachine target;

    @BeforeTry
    @BeforeEach
    void setUp() {
        source = new TestMachine();
        target = new TestMachine();
        source.openSession();
    }

    @AfterTry
    @AfterEach
    void cleanUp() {
        source.close();
        target.close();
    }

    /** Operations on few keys, so that they meet: many versions, deletes, new lives of deleted keys, and compactions. */
    private static Operation operation(Random random, long revision) {
        Bytes key = key(random);
        return switch (random.nextInt(18)) {
            case 0, 1 -> new Operation.DeleteRange(key, Bytes.EMPTY, random.nextBoolean());
            case 2 -> new Operation.DeleteRange(key, key(random), false);
            case 3 -> new Operation.Compact(Math.max(1, revision - random.nextInt(8)), false);
            case 4 -> new Operation.Put(key, Bytes.EMPTY, 0, true, true, false);
            case 5 ->
                new Operation.Txn(
                        List.of(new Compare(
                                Compare.Result.GREATER, Compare.Target.VERSION, key, Bytes.EMPTY, 1, Bytes.EMPTY)),
                        List.of(put(key, random), past(random, revision)),
                        List.of(new Operation.DeleteRange(key(random), Bytes.EMPTY, false), past(random, revision)));
            case 6 -> new LeaseOperation.Grant(lease(random), random.nextInt(100));
            case 7 -> new LeaseOperation.Revoke(lease(random));
            case 8 -> new LeaseOperation.KeepAlive(List.of(lease(random), lease(random)));
            case 9, 10, 11 -> new Operation.Put(key, Bytes.utf8("leased"), lease(random), false, false, false);
            default -> put(key, random);
        };
    }

    private static long lease(Random random) {
        return 1L + random.nextInt(3);
    }

    private static Bytes key(Random random) {
        return random.nextInt(3) == 0
                ? Bytes.utf8("hot")
                : Bytes.wrap(new byte[] {(byte) (random.nextInt(3) * 0x7f), (byte) random.nextInt(4)})
                        .slice(random.nextInt(2), 2);
    }

    private static Operation put(Bytes key, Random random) {
        String value = "v".repeat(random.nextInt(8) == 0 ? 900 : random.nextInt(3)) + random.nextInt(5);
        return new Operation.Put(key, Bytes.utf8(value), 0, true, false, false);
    }

    /** A read whose result, and so the block's root, depends on old versions. */
    private static Operation past(Random random, long revision) {
        return get(ALL, ALL, Math.max(1, revision - random.nextInt(6)));
    }

    private static Operation.Range get(Bytes key, Bytes end, long revision) {
        return new Operation.Range(
                key, end, 0, revision, Operation.SortOrder.NONE, Operation.SortTarget.KEY, false, false, 0, 0, 0, 0);
    }

    private List<Request> block(Random random) {
        List<Request> requests = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            requests.add(source.request(operation(random, source.committed().revision())));
        }
        return requests;
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void whatWasFetchedIsTheStateThatWasPinned(@ForAll long seed) {
        Random random = new Random(seed);
        for (int i = random.nextInt(40); i >= 0; i--) {
            source.commit(block(random));
            if (random.nextInt(3) == 0) {
                source.persist();
            }
        }
        target.openSession();
        target.run(new Operation.Put(Bytes.utf8("old"), Bytes.utf8("state"), 0, false, false, false));
        KvState pinned = source.committed();
        source.machine().pin(pinned);
        source.persist();

        List<List<Request>> later = new ArrayList<>();
        fetch(pinned, random, () -> {
            later.add(block(random));
            source.run(later.getLast().toArray(Request[]::new));
        });
        source.machine().unpin(pinned);

        assertThat(target.machine().adopt(TestMachine.header(pinned))).isTrue();
        assertThat(target.committed().roots()).isEqualTo(pinned.roots());
        assertThat(target.committed().height()).isEqualTo(pinned.height());
        assertThat(target.committed().tree().weightBytes())
                .isEqualTo(pinned.tree().weightBytes());
        for (int i = random.nextInt(10); i >= 0; i--) {
            later.add(block(random));
            source.run(later.getLast().toArray(Request[]::new));
        }
        for (List<Request> block : later) {
            target.run(block.toArray(Request[]::new));
        }
        requireSame();
        target.reopen();
        requireSame();
    }

    /** Fetches in random pieces and order from the source, which goes on, and with every tenth chunk damaged. */
    private void fetch(KvState pinned, Random random, Runnable meanwhile) {
        try (Incoming incoming = target.machine().receive(TestMachine.header(pinned))) {
            List<Bytes> places = new ArrayList<>(source.machine().splits(pinned, 1 + random.nextInt(5)));
            assertThat(places).isSorted().doesNotHaveDuplicates();
            places.addFirst(Bytes.EMPTY);
            List<Missing> missing = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                boolean isLast = i + 1 == places.size();
                missing.add(new Missing(places.get(i), isLast ? Optional.empty() : Optional.of(places.get(i + 1))));
            }
            while (!missing.isEmpty()) {
                Missing next = missing.remove(random.nextInt(missing.size()));
                Bytes chunk = source.machine().chunk(pinned, next.from(), next.until(), 1 + random.nextInt(3000));
                if (random.nextInt(10) == 0) {
                    byte[] damaged = chunk.toArray();
                    damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
                    incoming.add(next.from(), Bytes.wrap(damaged));
                }
                Verdict verdict = incoming.add(next.from(), chunk);
                if (!(verdict instanceof Verdict.Accepted(Optional<Bytes> reached))) {
                    throw new AssertionError(verdict);
                }
                reached.ifPresent(place -> assertThat(place).isGreaterThan(next.from()));
                if (reached.isPresent()
                        && (next.until().isEmpty()
                                || reached.get().compareTo(next.until().get()) < 0)) {
                    missing.add(new Missing(reached.get(), next.until()));
                }
                if (random.nextInt(6) == 0) {
                    meanwhile.run();
                }
                Bytes anywhere = garbage(random);
                assertThat(incoming.add(anywhere, source.machine().chunk(pinned, anywhere, Optional.empty(), 100)))
                        .isInstanceOf(Verdict.Accepted.class);
            }
            assertThat(incoming.complete()).isTrue();
        }
    }

    private record Missing(Bytes from, Optional<Bytes> until) {}

    private static Bytes garbage(Random random) {
        byte[] bytes = new byte[random.nextInt(14)];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = random.nextBoolean() ? (byte) random.nextInt(2) : bytes[i];
        }
        return Bytes.wrap(bytes);
    }

    /** Everything that a client can see is the same on both. */
    private void requireSame() {
        KvState state = source.committed();
        assertThat(target.committed().roots()).isEqualTo(state.roots());
        for (long at = Math.max(1, state.compactRevision()); at <= state.revision(); at++) {
            assertThat(shown(target, get(ALL, ALL, at)))
                    .as("at revision " + at)
                    .isEqualTo(shown(source, get(ALL, ALL, at)));
        }
        assertThat(history(target)).isEqualTo(history(source));
    }

    private static List<String> shown(TestMachine machine, Operation.Range range) {
        return ((Outcome.Ranged) machine.machine().range(range))
                .versions().stream()
                        .map(version -> version + " " + version.digest().toHex() + " "
                                + machine.machine().load(version).orElseThrow())
                        .toList();
    }

    /** From behind the compact revision on: what preceded its own changes may be on one disk and not on another. */
    private static List<String> history(TestMachine machine) {
        long from = Math.max(1, machine.committed().compactRevision()) + 1;
        return machine.machine().history(_ -> true, from, Long.MAX_VALUE, 10_000).orElseThrow().changes().stream()
                .map(event -> event.change() + " after " + event.previous().map(KeyVersion::toString))
                .toList();
    }

    @Test
    void oneKeysLongHistoryIsCutInPiecesThatFollowEachOther() {
        for (int i = 0; i < 300; i++) {
            source.run(new Operation.Put(Bytes.utf8("hot"), Bytes.utf8("value " + i), 0, false, false, false));
        }
        source.run(new Operation.Compact(source.committed().revision() - 211, false));
        KvState pinned = source.committed();
        source.machine().pin(pinned);
        try (Incoming incoming = target.machine().receive(TestMachine.header(pinned))) {
            List<Bytes> places = new ArrayList<>(List.of(Bytes.EMPTY));
            for (int i = 0; i < places.size(); i++) {
                assertThat(incoming.complete()).isFalse();
                Bytes chunk = source.machine().chunk(pinned, places.get(i), Optional.empty(), 200);
                assertThat(chunk.size()).isLessThan(1200);
                Verdict.Accepted accepted = (Verdict.Accepted) incoming.add(places.get(i), chunk);
                accepted.next().ifPresent(places::add);
            }
            assertThat(places).isSorted().hasSizeGreaterThan(20);
            assertThat(incoming.complete()).isTrue();
        }
        assertThat(target.machine().adopt(TestMachine.header(pinned))).isTrue();
        requireSame();
    }

    /** The old tombstones are in the histories of living keys, or heads themselves, when the state is fetched. */
    @Test
    void aStateInTheMiddleOfACompactionIsFetched() {
        for (int i = 0; i < 700; i++) {
            source.run(new Operation.Put(Bytes.utf8("key " + i), Bytes.utf8("1"), 0, false, false, false));
        }
        source.run(new Operation.DeleteRange(Bytes.utf8("key "), Bytes.utf8("key:"), false));
        source.run(new Operation.Put(Bytes.utf8("other"), Bytes.utf8("1"), 0, false, false, false));
        source.run(new Operation.Compact(source.committed().revision(), false));
        source.run(new Operation.Put(Bytes.utf8("key 99"), Bytes.utf8("2"), 0, false, false, false));
        KvState pinned = source.committed();
        assertThat(pinned.tree().get(SystemSpace.SWEEP)).isPresent();
        assertThat(pinned.tree()
                        .get(Space.CLIENTS.treeKey(Bytes.utf8("key 99")))
                        .orElseThrow()
                        .history()
                        .size())
                .isEqualTo(2);
        source.machine().pin(pinned);
        List<Request> last = List.of(
                source.request(put(Bytes.utf8("key 1"), new Random(1))),
                source.request(new Operation.Compact(704, false)));
        fetch(pinned, new Random(1), () -> {});
        assertThat(target.machine().adopt(TestMachine.header(pinned))).isTrue();
        requireSame();
        source.run(last.toArray(Request[]::new));
        target.run(last.toArray(Request[]::new));
        requireSame();
    }

    @Test
    void anEmptyStateIsFetchedToo() {
        KvState empty = KvState.genesis(Governance.OPEN);
        try (TestMachine fresh = new TestMachine()) {
            fresh.machine().pin(empty);
            try (Incoming incoming = target.machine().receive(TestMachine.header(empty))) {
                Bytes chunk = fresh.machine().chunk(empty, Bytes.EMPTY, Optional.empty(), 100);
                assertThat(incoming.add(Bytes.EMPTY, chunk)).isEqualTo(new Verdict.Accepted(Optional.empty()));
                assertThat(incoming.complete()).isTrue();
            }
        }
        assertThat(target.machine().adopt(TestMachine.header(empty))).isTrue();
        assertThat(target.committed().roots()).isEqualTo(empty.roots());
    }

    // What goes wrong.

    @Test
    void nothingIsAdoptedButWhatIsCompleteAndForThisHeader() {
        KvState first = source.run(new Operation.Put(Bytes.utf8("a"), Bytes.utf8("1"), 0, false, false, false));
        source.machine().pin(first);
        KvState before = target.committed();
        try (Incoming incoming = target.machine().receive(TestMachine.header(first))) {
            assertThat(incoming.complete()).isFalse();
            assertThat(target.machine().adopt(TestMachine.header(first))).isFalse();
        }
        fetch(first, new Random(1), () -> {});
        KvState second = source.run(new Operation.Put(Bytes.utf8("b"), Bytes.utf8("1"), 0, false, false, false));
        assertThat(target.machine().adopt(TestMachine.header(second))).isFalse();
        assertThat(target.committed()).isSameAs(before);
        target.machine().receive(TestMachine.header(second)).close();
        assertThat(target.machine().adopt(TestMachine.header(first)))
                .as("a new transfer forgets what an earlier one completed")
                .isFalse();
    }

    @Test
    void whatEarlierTransfersLeftIsRemovedAndErrorsLeaveTheStateAlone() throws IOException {
        KvState state = source.run(new Operation.Put(Bytes.utf8("a"), Bytes.utf8("1"), 0, false, false, false));
        source.machine().pin(state);
        target.openSession();
        KvState own = target.run(new Operation.Put(Bytes.utf8("own"), Bytes.utf8("1"), 0, false, false, false));
        fetch(state, new Random(1), () -> {});
        Files.createDirectories(beside(".incoming").resolve("nested"));
        try (Incoming incoming = target.machine().receive(TestMachine.header(state))) {
            assertThat(besides()).containsExactly("state.incoming");
            incoming.add(Bytes.EMPTY, source.machine().chunk(state, Bytes.EMPTY, Optional.empty(), 9000));
            Files.move(beside(".incoming"), beside(".gone"));
            assertThatThrownBy(incoming::complete)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot rename")
                    .hasMessageNotContaining("\n");
        }
        assertThat(target.machine().adopt(TestMachine.header(state))).isFalse();
        target.reopen();
        assertThat(target.committed().roots().stateRoot()).isEqualTo(own.roots().stateRoot());
    }

    @Test
    void aStateThatIsPinnedAfterACompactionRemovedPartsOfItGivesNoChunk() {
        Operation large = new Operation.Put(Bytes.utf8("a"), Bytes.utf8("v".repeat(5000)), 0, false, false, false);
        KvState late = source.run(large);
        source.run(large);
        source.run(new Operation.Compact(source.committed().revision(), false));
        KeyVersion old = late.tree()
                .get(Space.CLIENTS.treeKey(Bytes.utf8("a")))
                .orElseThrow()
                .head();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (source.machine().load(old).isPresent() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        source.machine().pin(late);
        assertThat(source.machine().chunk(late, Bytes.EMPTY, Optional.empty(), 1000))
                .isEqualTo(Bytes.EMPTY);
    }

    private Path beside(String suffix) {
        return target.directory().resolveSibling("state" + suffix);
    }

    private List<String> besides() throws IOException {
        try (Stream<Path> all = Files.list(target.directory().getParent())) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals("state"))
                    .toList();
        }
    }

    @Test
    void aChunkThatComesAfterTheEndIsRefused() {
        KvState state = source.run(put(Bytes.utf8("a"), new Random(1)));
        source.machine().pin(state);
        Bytes content = source.machine().chunk(state, Bytes.EMPTY, Optional.empty(), 100_000);
        try (Incoming incoming = target.machine().receive(TestMachine.header(state))) {
            assertThat(incoming.add(Bytes.EMPTY, content)).isInstanceOf(Verdict.Accepted.class);
            assertThat(incoming.complete()).isTrue();
            assertThat(incoming.add(Bytes.EMPTY, content)).isInstanceOf(Verdict.Refused.class);
        }
    }

    /** Between two keys that differ in their last byte only, every place is as long as they are. */
    @Test
    void noSplitIsTooLongForAnOffer() {
        for (int last = 1; last <= 2; last++) {
            byte[] key = new byte[100_000];
            key[key.length - 1] = (byte) last;
            source.run(new Operation.Put(Bytes.wrap(key), Bytes.utf8("v"), 0, false, false, false));
        }
        KvState state = source.run(put(Bytes.utf8("a"), new Random(1)));
        assertThat(source.machine().splits(state, 65))
                .isNotEmpty()
                .allSatisfy(place -> assertThat(place.size()).isLessThanOrEqualTo(SnapshotOffer.MAX_SPLIT_BYTES));
        source.machine().pin(state);
        transferWithLongPlaces(state);
    }

    private void transferWithLongPlaces(KvState state) {
        try (Incoming incoming = target.machine().receive(TestMachine.header(state))) {
            Optional<Bytes> from = Optional.of(Bytes.EMPTY);
            int longest = 0;
            while (from.isPresent()) {
                Bytes content = source.machine().chunk(state, from.get(), Optional.empty(), 1);
                Verdict verdict = incoming.add(from.get(), content);
                assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
                from = ((Verdict.Accepted) verdict).next();
                longest = Math.max(longest, from.map(Bytes::size).orElse(0));
            }
            assertThat(longest).isGreaterThan(SnapshotOffer.MAX_SPLIT_BYTES);
            assertThat(incoming.complete()).isTrue();
        }
    }

    @Test
    void pinsAreCountedAndBounded() {
        List<KvState> states = new ArrayList<>();
        while (states.size() < 8) {
            states.add(source.run(put(Bytes.utf8("a"), new Random(1))));
            source.machine().pin(states.getLast());
            source.machine().pin(states.getFirst());
        }
        assertThat(source.machine().pinnedStates()).isEqualTo(8);
        KvState oneMore = source.run(put(Bytes.utf8("a"), new Random(1)));
        assertThatThrownBy(() -> source.machine().pin(oneMore)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> source.machine().chunk(oneMore, Bytes.EMPTY, Optional.empty(), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not pinned");
        states.subList(1, 8).forEach(source.machine()::unpin);
        assertThat(source.machine().pinnedStates()).isEqualTo(1);
        for (int i = 0; i < 9; i++) {
            source.machine().unpin(states.getFirst());
        }
        assertThat(source.machine().pinnedStates()).isZero();
    }
}
