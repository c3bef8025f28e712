package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.UserSpace;
import dev.cairn.kv.store.KvStore;
import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExecutionTest {
    private static final Digest CHAIN = new Digest(1, 2, 3, 4);

    private Path directory;
    private KvStateMachine machine;
    private long sequence;

    /** jqwik makes one instance for all tries of a property, so each try starts with a store of its own here. */
    @BeforeTry
    @BeforeEach
    void setUp() throws IOException {
        directory = Files.createTempDirectory("cairn-kv");
        machine = KvStateMachine.open(directory, CHAIN, Limits.DEFAULT);
        sequence = 0;
        run(List.of(new Operation.OpenSession()));
    }

    @AfterTry
    @AfterEach
    void cleanUp() throws IOException {
        machine.close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Request request(List<Operation> operations) {
        return new Request(
                new RequestId(new ClientId(0), 7, sequence++),
                OperationCodec.encode(operations),
                new Signature(Bytes.EMPTY));
    }

    private KvState execute(Request... requests) {
        KvState parent = machine.committed();
        return machine.execute(
                parent, new Proposal(parent.height().next(), parent.height().value() + 1, List.of(requests)));
    }

    private void commit(KvState state) {
        machine.commit(state, TestBlocks.ANY);
        machine.persist(state, TestBlocks.ANY);
    }

    private List<Outcome> run(List<Operation> operations) {
        KvState state = execute(request(operations));
        commit(state);
        return ((RequestOutcome.Executed) state.results().getFirst()).outcomes();
    }

    private Outcome run(Operation operation) {
        return run(List.of(operation)).getFirst();
    }

    private static Operation.Put put(String key, String value) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, true, false, false);
    }

    private static Operation.Range get(Bytes key, Bytes end, long revision) {
        return new Operation.Range(
                key, end, 0, revision, Operation.SortOrder.NONE, Operation.SortTarget.KEY, false, false, 0, 0, 0, 0);
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

    // Against the model.

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
                        machine = KvStateMachine.open(directory, CHAIN, Limits.DEFAULT);
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

    // Requests.

    @Test
    void aRequestThatIsProposedAgainChangesNothing() {
        Request request = request(List.of(put("a", "1")));
        commit(execute(request));
        KvState again = execute(request);
        assertThat(again.results()).containsExactly(new RequestOutcome.Refused(KvError.DUPLICATE_REQUEST));
        assertThat(again.changes()).isEmpty();
        assertThat(again.revision()).isEqualTo(2);
        assertThat(again.roots().firstRevision()).isEqualTo(3);
    }

    @Test
    void anOlderRequestIsStillExecutedAfterANewerOne() {
        Request older = request(List.of(put("a", "1")));
        Request newer = request(List.of(put("b", "1")));
        commit(execute(newer));
        assertThat(execute(older).results().getFirst()).isInstanceOf(RequestOutcome.Executed.class);
    }

    @Test
    void aRequestBelowTheWindowIsNotExecutedAgain() {
        Request old = request(List.of(put("a", "1")));
        sequence += Sessions.WINDOW;
        commit(execute(request(List.of(put("b", "1")))));
        assertThat(execute(old).results()).containsExactly(new RequestOutcome.Refused(KvError.DUPLICATE_REQUEST));
    }

    @Test
    void nothingExecutesWithoutASession() {
        Request stranger = new Request(
                new RequestId(new ClientId(0), 8, 0),
                OperationCodec.encode(List.of(put("a", "1"))),
                new Signature(Bytes.EMPTY));
        assertThat(execute(stranger).results()).containsExactly(new RequestOutcome.Refused(KvError.NO_SESSION));
    }

    @Test
    void theSessionUsedLongestAgoGoesFirst() {
        for (long session = 100; session < 100 + Limits.DEFAULT.sessionsPerClient(); session++) {
            commit(execute(new Request(
                    new RequestId(new ClientId(0), session, 0),
                    OperationCodec.encode(List.of(new Operation.OpenSession())),
                    new Signature(Bytes.EMPTY))));
        }
        assertThat(execute(request(List.of(put("a", "1")))).results())
                .containsExactly(new RequestOutcome.Refused(KvError.NO_SESSION));
    }

    @Property(tries = 50)
    void noBytesMakeExecutionThrow(@ForAll List<byte[]> garbage) {
        for (byte[] bytes : garbage) {
            Request request = new Request(
                    new RequestId(new ClientId(0), 7, sequence++), Bytes.copyOf(bytes), new Signature(Bytes.EMPTY));
            assertThat(execute(request).results()).hasSize(1);
        }
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

    @Test
    void aNonceChangesNothingButTheRequest() {
        List<Operation> operations = List.of(
                put("a", "1"),
                new Operation.DeleteRange(Bytes.utf8("b"), Bytes.EMPTY, true),
                new Operation.Txn(List.of(), List.of(put("b", "2"), put("c", "3")), List.of()),
                get(Bytes.utf8("a"), Bytes.EMPTY, 0),
                new Operation.Compact(2, true),
                new Operation.Put(Bytes.EMPTY, Bytes.EMPTY, 0, false, false, false));
        Request plain = request(operations);
        List<Operation> withNonces = operations.stream()
                .<Operation>map(operation -> new Operation.Unique(new Digest(1, 2, 3, 4), operation))
                .toList();
        Request unique = new Request(plain.id(), OperationCodec.encode(withNonces), plain.signature());
        assertThat(unique.digest(CHAIN)).isNotEqualTo(plain.digest(CHAIN));
        assertThat(execute(unique).roots()).isEqualTo(execute(plain).roots());
    }

    @Test
    void whatIsUniqueStandsAlone() {
        Operation unique = new Operation.Unique(new Digest(1, 2, 3, 4), put("a", "1"));
        for (Operation operation : List.of(
                new Operation.Unique(new Digest(5, 6, 7, 8), unique),
                new Operation.Unique(new Digest(5, 6, 7, 8), new Operation.OpenSession()),
                new Operation.Txn(List.of(), List.of(unique), List.of()))) {
            assertThat(run(operation))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.error()).isEqualTo(KvError.MALFORMED));
        }
    }

    // Transactions.

    @Test
    void aTxnThatFailsHalfwayLeavesNothingBehind() {
        run(put("a", "1"));
        Digest root = machine.committed().roots().stateRoot();
        KvState state = execute(request(List.of(new Operation.Txn(
                List.of(), List.of(put("b", "2"), get(Bytes.utf8("a"), Bytes.EMPTY, 99)), List.of()))));
        Outcome outcome = ((RequestOutcome.Executed) state.results().getFirst())
                .outcomes()
                .getFirst();
        assertThat(outcome).isEqualTo(new Outcome.Failed(2, KvError.FUTURE_REVISION));
        assertThat(state.changes()).isEmpty();
        assertThat(state.tree().get(UserSpace.treeKey(Bytes.utf8("b")))).isEmpty();
        assertThat(root).isNotNull();
    }

    @Test
    void conditionsSeeTheStateBeforeAndReadsInsideSeeEarlierWrites() {
        run(put("a", "1"));
        Compare absent =
                new Compare(Compare.Result.EQUAL, Compare.Target.VERSION, Bytes.utf8("b"), Bytes.EMPTY, 0, Bytes.EMPTY);
        Operation.Txn nested = new Operation.Txn(List.of(absent), List.of(put("c", "3")), List.of());
        Outcome.Txn txn = (Outcome.Txn) run(new Operation.Txn(
                List.of(absent),
                List.of(put("b", "2"), nested, Operation.Range.all(Bytes.utf8("b"), Bytes.utf8("d"))),
                List.of()));
        assertThat(txn.succeeded()).isTrue();
        assertThat(((Outcome.Txn) txn.responses().get(1)).succeeded()).isTrue();
        assertThat(((Outcome.Ranged) txn.responses().get(2)).count()).isEqualTo(2);
        assertThat(txn.revision()).isEqualTo(3);
    }

    @Test
    void aValueComparisonWithAnAbsentKeyNeverHolds() {
        for (Compare.Result result : Compare.Result.values()) {
            Compare compare =
                    new Compare(result, Compare.Target.VALUE, Bytes.utf8("no"), Bytes.EMPTY, 0, Bytes.utf8("x"));
            assertThat(((Outcome.Txn) run(new Operation.Txn(List.of(compare), List.of(), List.of()))).succeeded())
                    .as(result.name())
                    .isFalse();
        }
    }

    @Test
    void aKeyMayBePutOnceInATxn() {
        Operation.Txn twice = new Operation.Txn(List.of(), List.of(put("a", "1"), put("a", "2")), List.of());
        assertThat(run(twice)).isEqualTo(new Outcome.Failed(1, KvError.DUPLICATE_KEY));
        Operation.Txn branches = new Operation.Txn(List.of(), List.of(put("a", "1")), List.of(put("a", "2")));
        Operation.Txn nested = new Operation.Txn(List.of(), List.of(branches), List.of());
        assertThat(run(nested)).isInstanceOf(Outcome.Txn.class);
    }

    @Test
    void aFullStoreRefusesPutsAndIsFreedByDeletingAndCompacting() {
        machine.close();
        Limits small = new Limits(200_000, 64L << 20, 128, 20_000, 16);
        machine = KvStateMachine.open(directory, CHAIN, small);
        int stored = 0;
        while (run(put("key " + stored, "value")) instanceof Outcome.Put) {
            stored++;
        }
        assertThat(stored).isBetween(20, 40);
        long revision = machine.committed().revision();
        assertThat(run(put("one more", "1"))).isEqualTo(new Outcome.Failed(revision, KvError.NO_SPACE));
        assertThat(run(new Operation.Txn(List.of(), List.of(put("one more", "1")), List.of())))
                .isEqualTo(new Outcome.Failed(revision, KvError.NO_SPACE));
        assertThat(machine.committed().revision()).isEqualTo(revision);
        Outcome deleted = run(new Operation.DeleteRange(Bytes.utf8("key 1"), Bytes.utf8("key 2"), false));
        assertThat(deleted).isInstanceOf(Outcome.Deleted.class);
        assertThat(run(put("one more", "1")))
                .as("tombstones stay until they are compacted")
                .isInstanceOf(Outcome.Failed.class);
        // A compaction keeps the tombstones of its own revision, so there must be a later one.
        run(new Operation.DeleteRange(Bytes.utf8("key 2"), Bytes.EMPTY, false));
        run(new Operation.Compact(machine.committed().revision(), false));
        assertThat(run(put("one more", "1"))).isInstanceOf(Outcome.Put.class);
    }

    @Test
    void aPutThatKeepsALargeValueStoresItAgain() {
        Bytes key = Bytes.utf8("large");
        run(new Operation.Put(key, Bytes.utf8("v".repeat(5000)), 0, false, false, false));
        run(new Operation.Put(key, Bytes.EMPTY, 0, false, true, false));
        KeyVersion newest = machine.committed()
                .tree()
                .get(UserSpace.treeKey(key))
                .orElseThrow()
                .head();
        assertThat(newest.version()).isEqualTo(2);
        assertThat(machine.load(newest).orElseThrow().value().size()).isEqualTo(5000);
    }

    // The disk.

    @Test
    void aBlockThatWasNotPersistedIsGoneAfterReopeningAndTheRootIsTheEarlierOne() {
        run(put("a", "1"));
        Digest root = machine.committed().roots().stateRoot();
        machine.commit(execute(request(List.of(put("a", "2")))), TestBlocks.ANY);
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, Limits.DEFAULT);
        assertThat(machine.committed().roots().stateRoot()).isEqualTo(root);
    }

    @Test
    void aDirectoryOfAnotherChainIsRefused() {
        machine.close();
        assertThatThrownBy(() -> KvStore.open(directory, new Digest(9, 9, 9, 9)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another cluster");
        machine = KvStateMachine.open(directory, CHAIN, Limits.DEFAULT);
    }

    @Test
    void aDirectoryInUseIsRefused() {
        assertThatThrownBy(() -> KvStore.open(directory, CHAIN))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("in use");
    }

    @Test
    void aDamagedStateIsRefusedWithItsRemedy() throws IOException {
        writeTables();
        for (Path table : tables()) {
            damage(table);
        }
        assertThatThrownBy(() -> KvStateMachine.open(directory, CHAIN, Limits.DEFAULT))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("it is rebuilt from the log")
                .hasMessageNotContaining("in use");
        deleteTree();
        machine = KvStateMachine.open(directory, CHAIN, Limits.DEFAULT);
    }

    /** The largest table is that of the versions, which a start does not read. */
    @Test
    void damageThatIsFoundWhenOldVersionsAreRemovedEndsThePersisting() throws IOException {
        long revision = writeTables();
        damage(tables().getLast());
        machine = KvStateMachine.open(directory, CHAIN, Limits.DEFAULT);
        run(new Operation.Compact(revision, false));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        assertThatThrownBy(() -> {
                    while (System.nanoTime() < end) {
                        run(put("a", "until it is found"));
                    }
                })
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("it is rebuilt from the log");
    }

    /** Leaves the machine closed and its data in tables, and returns the last revision. */
    private long writeTables() {
        byte[] incompressible = new byte[200];
        new Random(1).nextBytes(incompressible);
        Bytes value = Bytes.wrap(incompressible);
        for (int i = 0; i < 500; i++) {
            run(new Operation.Put(Bytes.utf8("key " + i), value, 0, false, false, false));
        }
        long revision = machine.committed().revision();
        machine.close();
        KvStateMachine.open(directory, CHAIN, Limits.DEFAULT).close(); // it makes tables of what it finds in its log
        return revision;
    }

    /** The largest last. */
    private List<Path> tables() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .sorted(Comparator.comparingLong(file -> file.toFile().length()))
                    .toList();
        }
    }

    private static void damage(Path table) throws IOException {
        byte[] bytes = Files.readAllBytes(table);
        for (int i = 0; i < bytes.length / 2; i++) {
            bytes[i] ^= 0x55;
        }
        Files.write(table, bytes);
    }

    private void deleteTree() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aSpeculativeStateLeavesItsParentAsItWas() {
        run(put("a", "1"));
        KvState before = machine.committed();
        KvState left = execute(request(List.of(put("a", "left"))));
        KvState right = execute(request(List.of(put("a", "right"))));
        assertThat(before.tree().rootHash()).isEqualTo(before.roots().stateRoot());
        assertThat(left.roots().stateRoot()).isNotEqualTo(right.roots().stateRoot());
    }
}
