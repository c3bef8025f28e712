package dev.cairn.kv.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.KvState;
import dev.cairn.kv.TestMachine;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Summary;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.protocol.StateMachine.Incoming;
import dev.cairn.protocol.StateMachine.Verdict;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.StateRoots;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The attacks on proofs that history knows, on chunks of one small state with everything in it. */
class ChunkTest {
    private static TestMachine machine;
    private static KvState state;

    /** The same keys, uncompacted. */
    private static KvState before;

    @BeforeContainer
    @BeforeAll
    static void setUp() {
        machine = new TestMachine();
        machine.openSession();
        for (String key : List.of("a", "ab", "b", "c")) {
            for (int i = 0; i < 7; i++) {
                machine.run(put(key, i));
            }
        }
        machine.run(new Operation.DeleteRange(Bytes.utf8("b"), Bytes.EMPTY, false));
        long deleted = machine.committed().revision();
        machine.run(put("b", 1));
        machine.run(put("b", 2));
        machine.run(new Operation.DeleteRange(Bytes.utf8("ab"), Bytes.EMPTY, false));
        before = machine.committed();
        machine.machine().pin(before);
        machine.run(new Operation.Compact(deleted - 3, false));
        machine.run(put("other", 1));
        state = machine.committed();
        machine.machine().pin(state);
    }

    @AfterContainer
    @AfterAll
    static void cleanUp() {
        machine.close();
    }

    private static Operation put(String key, int value) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8("value " + value), 0, false, false, false);
    }

    /** Every chunk that a walk over the state in pieces of this size gives, with the place it was asked from. */
    private record Asked(Bytes from, Bytes content) {}

    private static List<Asked> chunks(int maxBytes) throws InvalidProofException {
        List<Asked> chunks = new ArrayList<>();
        Optional<Bytes> from = Optional.of(Bytes.EMPTY);
        while (from.isPresent()) {
            Bytes content = machine.machine().chunk(state, from.get(), Optional.empty(), maxBytes);
            chunks.add(new Asked(from.get(), content));
            from = verify(content, state.roots()).until().map(Place::encode);
        }
        return chunks;
    }

    private static Chunk verify(Bytes content, StateRoots roots) throws InvalidProofException {
        return Chunk.verify(TreeCodec.CHUNK.decode(content), roots);
    }

    /** What a receiver makes of a chunk. */
    private static String meaning(Chunk chunk) {
        StringBuilder text = new StringBuilder(chunk.from() + " to " + chunk.until());
        for (KeyPart part : chunk.parts()) {
            ReceivedState.leaves(part)
                    .forEach(leaf -> text.append(' ')
                            .append(leaf.head())
                            .append(leaf.head().digest().toHex())
                            .append(leaf.history().root().toHex())
                            .append(leaf.head().value().resident()));
            text.append(part.leftOut().isPresent());
        }
        return text.toString();
    }

    private static void requireRefusedOrSame(Bytes honest, byte[] forged) throws InvalidProofException {
        String meaning = meaning(verify(honest, state.roots()));
        String forgedMeaning;
        try {
            forgedMeaning = meaning(verify(Bytes.wrap(forged), state.roots()));
        } catch (InvalidProofException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            return;
        }
        assertThat(forgedMeaning).isEqualTo(meaning);
    }

    @Test
    void chunksFollowEachOtherAndTogetherHoldEverythingOnce() throws InvalidProofException {
        for (int maxBytes : List.of(1, 150, 400, 100_000)) {
            List<String> versions = new ArrayList<>();
            Place next = Place.before(Bytes.EMPTY);
            for (Asked asked : chunks(maxBytes)) {
                Chunk chunk = verify(asked.content(), state.roots());
                assertThat(chunk.from()).isEqualTo(next);
                chunk.parts().forEach(part -> part.versions().forEach(version -> versions.add(version.toString())));
                next = chunk.until().orElse(next);
            }
            assertThat(versions).doesNotHaveDuplicates().hasSize(12);
        }
    }

    @Test
    void aByteFlippedAnywhereIsRefusedOrChangesNothing() throws InvalidProofException {
        for (Asked asked : chunks(300)) {
            for (int at = 0; at < asked.content().size(); at++) {
                for (int mask : List.of(1, 0x80, 0xff)) {
                    byte[] forged = asked.content().toArray();
                    forged[at] ^= (byte) mask;
                    requireRefusedOrSame(asked.content(), forged);
                }
            }
        }
    }

    @Property(tries = 2000)
    void bytesInsertedDroppedOrRepeatedAreRefusedOrChangeNothing(
            @ForAll @IntRange(min = 1, max = 500) int maxBytes,
            @ForAll int which,
            @ForAll int a,
            @ForAll @IntRange(max = 60) int length,
            @ForAll @Size(max = 4) byte[] inserted,
            @ForAll @IntRange(max = 2) int times)
            throws InvalidProofException {
        List<Asked> chunks = chunks(maxBytes);
        Bytes honest = chunks.get(Math.floorMod(which, chunks.size())).content();
        int at = Math.floorMod(a, honest.size() + 1);
        int end = Math.min(honest.size(), at + length);
        ByteArrayOutputStream forged = new ByteArrayOutputStream();
        forged.writeBytes(honest.slice(0, at).shared());
        forged.writeBytes(inserted);
        for (int i = 0; i < times; i++) {
            forged.writeBytes(honest.slice(at, end).shared());
        }
        forged.writeBytes(honest.slice(end, honest.size()).shared());
        requireRefusedOrSame(honest, forged.toByteArray());
    }

    @Property
    void noBytesMakeTheCheckThrowAnythingElse(@ForAll byte[] garbage) {
        byte[] chunk = new byte[garbage.length + 1];
        System.arraycopy(garbage, 0, chunk, 1, garbage.length);
        chunk[0] = 1;
        if (garbage.length > 0) {
            assertThatThrownBy(() -> verify(Bytes.wrap(chunk), state.roots()))
                    .isInstanceOf(InvalidProofException.class);
        }
    }

    @Property(tries = 5000)
    void noNumbersMakeTheCheckThrowAnythingElse(@ForAll long seed) {
        Bytes chunk = ofExtremes(new Random(seed));
        assertThatThrownBy(() -> verify(chunk, state.roots())).isInstanceOf(InvalidProofException.class);
    }

    /** Of the right form as far as there is one, with numbers at the edges. */
    private static Bytes ofExtremes(Random random) {
        ByteWriter out = new ByteWriter(1 << 12).putByte(1);
        putNode(out, random, 0);
        return Bytes.wrap(out.toArray());
    }

    private static void putNode(ByteWriter out, Random random, int depth) {
        switch (random.nextInt(depth < 3 ? 4 : 2)) {
            case 0 ->
                out.putByte(0).putDigest(Digest.ZERO).putLong(extreme(random)).putLong(extreme(random));
            case 1 -> putTip(out, random);
            default -> {
                out.putByte(1).putInt(random.nextBoolean() ? (int) extreme(random) : random.nextInt(30));
                putNode(out, random, depth + 1);
                putNode(out, random, depth + 1);
            }
        }
    }

    private static void putTip(ByteWriter out, Random random) {
        byte[] key = new byte[random.nextInt(4)];
        random.nextBytes(key);
        long size = extreme(random);
        long first = random.nextBoolean() ? extreme(random) : size - random.nextInt(3);
        int versions = 1 + random.nextInt(2);
        out.putByte(2).putBytes(Bytes.wrap(key)).putLong(size).putLong(first);
        putDigests(out, Long.bitCount(first));
        out.putInt(random.nextInt(8) == 0 ? (int) extreme(random) : versions);
        for (int i = 0; i < versions; i++) {
            out.putLong(extreme(random)).putInt((int) extreme(random)).putByte(0);
        }
        if (first + versions <= size) {
            putDigests(out, random.nextInt(4) == 0 ? random.nextInt(130) : subtrees(first + versions, size));
            out.putDigest(Digest.ZERO).putLong(extreme(random)).putByte(random.nextInt(2));
        }
    }

    /** As many as fill a history up from {@code from} to {@code size}. */
    private static int subtrees(long from, long size) {
        int count = 0;
        for (long next = from; next >= 0 && next < size; count++) {
            next += Long.highestOneBit(Math.min(size - next, next == 0 ? Long.MAX_VALUE : Long.lowestOneBit(next)));
        }
        return count;
    }

    private static void putDigests(ByteWriter out, int count) {
        for (int i = 0; i < count; i++) {
            out.putDigest(Digest.ZERO);
        }
    }

    private static long extreme(Random random) {
        long edge = switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> Long.MAX_VALUE;
            case 2 -> Integer.MAX_VALUE;
            case 3 -> 1L << 62;
            case 4 -> 1L << 61;
            default -> 1L << random.nextInt(Long.SIZE);
        };
        return edge + random.nextInt(-2, 3);
    }

    /** It overflowed where the subtrees behind the range were counted. */
    @Test
    void aHistoryOfTheGreatestLengthIsRefused() {
        ByteWriter out = new ByteWriter(8192)
                .putByte(1)
                .putByte(2)
                .putBytes(Bytes.utf8("\u0001k"))
                .putLong(Long.MAX_VALUE)
                .putLong(Long.MAX_VALUE);
        putDigests(out, 63);
        out.putInt(1).putLong(5).putInt(0).putByte(0);
        putDigests(out, 80);
        try (TestMachine target = new TestMachine();
                Incoming incoming = target.machine().receive(TestMachine.header(state))) {
            assertThat(incoming.add(Bytes.EMPTY, Bytes.wrap(out.toArray()))).isInstanceOf(Verdict.Refused.class);
        }
    }

    @Test
    void whatIsEncodedIsReadBackAndThereIsNoOtherEncoding() throws InvalidProofException {
        for (Asked asked : chunks(200)) {
            assertThat(TreeCodec.CHUNK.encode(TreeCodec.CHUNK.decode(asked.content())))
                    .isEqualTo(asked.content());
        }
    }

    // Lies with true hashes.

    private static Pruned<KeyPart> whole() throws InvalidProofException {
        return TreeCodec.CHUNK
                .decode(machine.machine().chunk(state, Bytes.EMPTY, Optional.empty(), 100_000))
                .orElseThrow();
    }

    private static Pruned<KeyPart> with(Pruned<KeyPart> node, UnaryOperator<Pruned<KeyPart>> change) {
        Pruned<KeyPart> changed = change.apply(node);
        return changed instanceof Pruned.Branch<KeyPart>(int critBit, Pruned<KeyPart> left, Pruned<KeyPart> right)
                ? new Pruned.Branch<>(critBit, with(left, change), with(right, change))
                : changed;
    }

    private static Pruned<KeyPart> withPart(String key, UnaryOperator<Pruned<KeyPart>> change)
            throws InvalidProofException {
        Bytes treeKey = Bytes.utf8("\u0001" + key);
        return with(
                whole(),
                node -> node instanceof Pruned.Tip<KeyPart>(KeyPart part)
                                && part.treeKey().equals(treeKey)
                        ? change.apply(node)
                        : node);
    }

    private static void refused(Pruned<KeyPart> tree, String reason) {
        assertThatThrownBy(() -> verify(TreeCodec.CHUNK.encode(Optional.of(tree)), state.roots()))
                .isInstanceOf(InvalidProofException.class)
                .hasMessageContaining(reason);
    }

    private static KeyPart part(Pruned<KeyPart> node) {
        return ((Pruned.Tip<KeyPart>) node).leaf();
    }

    @Test
    void aKeyThatIsHiddenAmongOthersIsMissed() throws InvalidProofException {
        refused(withPart("b", node -> new Pruned.Stub<>(part(node).summary())), "hidden subtree");
    }

    @Test
    void anOldVersionThatIsLeftOutIsMissed() throws InvalidProofException {
        refused(withPart("c", ChunkTest::withoutOldest), "missing");
    }

    /** The put after a delete looks like a key's first; only the tombstone before it, which is left out, shows more. */
    @Test
    void aTombstoneAfterTheCompactRevisionIsMissed() throws InvalidProofException {
        Pruned<KeyPart> forged = withPart("b", node -> withoutOldest(withoutOldest(node)));
        List<KeyVersion> first = new ArrayList<>();
        with(forged, node -> {
            if (node instanceof Pruned.Tip<KeyPart>(KeyPart part)
                    && part.treeKey().equals(Bytes.utf8("\u0001b"))) {
                first.add(part.versions().getFirst());
            }
            return node;
        });
        assertThat(first.getFirst().version()).isEqualTo(1);
        refused(forged, "missing");
    }

    private static Pruned<KeyPart> withoutOldest(Pruned<KeyPart> node) {
        KeyPart part = part(node);
        KeyVersion oldest = part.versions().getFirst();
        return new Pruned.Tip<>(new KeyPart(
                part.treeKey(),
                part.before().append(oldest.digest()),
                part.versions().subList(1, part.versions().size()),
                part.leftOut(),
                part.history()));
    }

    @Test
    void theNewestVersionsThatAreLeftOutAreMissed() throws InvalidProofException {
        refused(
                withPart("b", node -> {
                    KeyPart part = part(node);
                    int last = part.versions().size() - 1;
                    KeyVersion newest = part.versions().get(last);
                    return new Pruned.Tip<>(new KeyPart(
                            part.treeKey(),
                            part.before(),
                            part.versions().subList(0, last),
                            Optional.of(new KeyPart.LeftOut(
                                    List.of(), newest.digest(), newest.modRevision(), newest.isLive())),
                            part.history()));
                }),
                "missing");
    }

    /** They are true, so whoever sends them must not be able to keep the state from being completed. */
    @Test
    void versionsThatAreCompactedDoNoHarm() throws InvalidProofException {
        Bytes old = machine.machine().chunk(before, Bytes.EMPTY, Optional.empty(), 100_000);
        Bytes treeKey = Bytes.utf8("\u0001c");
        KeyPart more = Chunk.verify(TreeCodec.CHUNK.decode(old), before.roots()).parts().stream()
                .filter(part -> part.treeKey().equals(treeKey))
                .findFirst()
                .orElseThrow();
        Pruned<KeyPart> tree = withPart("c", node -> {
            assertThat(part(node).versions()).hasSizeLessThan(more.versions().size());
            return new Pruned.Tip<>(more);
        });
        try (TestMachine target = new TestMachine();
                Incoming incoming = target.machine().receive(TestMachine.header(state))) {
            Bytes content = TreeCodec.CHUNK.encode(Optional.of(tree));
            assertThat(incoming.add(Bytes.EMPTY, content)).isEqualTo(new Verdict.Accepted(Optional.empty()));
            assertThat(incoming.complete()).isTrue();
        }
    }

    @Test
    void anotherStatesRootIsNotProven() throws InvalidProofException {
        StateRoots roots = state.roots();
        StateRoots other = new StateRoots(
                roots.firstRevision(),
                roots.lastRevision(),
                roots.compactRevision(),
                roots.resultsRoot(),
                roots.eventsRoot(),
                Digest.ZERO);
        Bytes chunk = machine.machine().chunk(state, Bytes.EMPTY, Optional.empty(), 1000);
        assertThatThrownBy(() -> verify(chunk, other)).hasMessageContaining("root");
        assertThatThrownBy(() -> verify(Bytes.wrap(new byte[] {1}), roots)).hasMessageContaining("root");
    }

    @Test
    void aTreeThatIsDeeperThanAnyIsRefusedBeforeItIsRead() {
        Pruned<KeyPart> deep = new Pruned.Stub<>(new Summary(Digest.ZERO, 0, 0));
        for (int i = 0; i <= Pruned.MAX_DEPTH + 1; i++) {
            deep = new Pruned.Branch<>(i, deep, new Pruned.Stub<>(new Summary(Digest.ZERO, 0, 0)));
        }
        refused(deep, "deeper");
    }
}
