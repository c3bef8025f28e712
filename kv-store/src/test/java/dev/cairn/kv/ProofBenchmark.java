package dev.cairn.kv;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Selection;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.kv.proof.Verification;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.StateRoots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What proofs cost in a tree of a million keys of 48 bytes, a thousand in each of a thousand namespaces. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
@SuppressWarnings("NullAway.Init") // by grow()
public class ProofBenchmark {
    private static final int NAMESPACES = 1_000;
    private static final int KEYS_EACH = 1_000;
    private static final int VALUE_BYTES = 256;
    private static final int GETS = 2_000;
    private static final int RANGES = 50;

    private Tree tree;
    private Header header;
    private List<Question.Get> gets;
    private List<Bytes> getProofs;
    private List<Question.Range> ranges;
    private List<Bytes> rangeProofs;
    private int turn;

    @Setup
    public void grow() throws InvalidProofException {
        tree = tree();
        StateRoots none = KvStateMachine.genesisRoots();
        StateRoots roots = new StateRoots(
                2, NAMESPACES * KEYS_EACH + 1, -1, none.resultsRoot(), none.eventsRoot(), tree.rootHash());
        header = TestMachine.header(KvState.at(new Height(1), tree, roots, Governance.OPEN));
        Random random = new Random(1);
        gets = new ArrayList<>();
        getProofs = new ArrayList<>();
        for (int i = 0; i < GETS; i++) {
            gets.add(new Question.Get(key(random.nextInt(NAMESPACES), random.nextInt(KEYS_EACH)), 0));
            getProofs.add(prove(Selection.of(gets.get(i), roots)));
        }
        ranges = new ArrayList<>();
        rangeProofs = new ArrayList<>();
        for (int i = 0; i < RANGES; i++) {
            KeySpan span =
                    KeySpan.prefix(Bytes.utf8("/registry/pods/namespace-%04d/".formatted(random.nextInt(NAMESPACES))));
            ranges.add(new Question.Range(span, 0, 0, false));
            rangeProofs.add(prove(Selection.of(ranges.get(i), roots)));
        }
        int[] sizes = getProofs.stream().mapToInt(Bytes::size).sorted().toArray();
        System.out.printf(
                "proof of a key with its value of %d bytes: median %d bytes, longest %d; of a prefix of %d keys: %d%n",
                VALUE_BYTES,
                sizes[sizes.length / 2],
                sizes[sizes.length - 1],
                KEYS_EACH,
                rangeProofs.getFirst().size());
    }

    private static Bytes key(int namespace, int pod) {
        return Bytes.utf8("/registry/pods/namespace-%04d/pod-%04d-%08x"
                .formatted(namespace, pod, 0x9e3779b9 * (namespace * KEYS_EACH + pod)));
    }

    private static Tree tree() {
        TreeEditor editor = Tree.EMPTY.edit();
        Value value = Value.of(Bytes.wrap(new byte[VALUE_BYTES]));
        long revision = 1;
        for (int namespace = 0; namespace < NAMESPACES; namespace++) {
            for (int pod = 0; pod < KEYS_EACH; pod++) {
                revision++;
                KeyVersion version =
                        KeyVersion.put(Space.CLIENTS.treeKey(key(namespace, pod)), revision, 0, revision, 1, 0, value);
                editor.put(new Leaf(version, MerkleFrontier.EMPTY));
            }
        }
        return editor.seal();
    }

    @Benchmark
    public Object verifyGet() {
        int i = turn++ % GETS;
        return proven(Verifier.verify(header, gets.get(i), getProofs.get(i)));
    }

    @Benchmark
    public Object verifyPrefixOfThousandKeys() {
        int i = turn++ % RANGES;
        return proven(Verifier.verify(header, ranges.get(i), rangeProofs.get(i)));
    }

    @Benchmark
    public Bytes proveGet() throws InvalidProofException {
        return prove(Selection.of(gets.get(turn++ % GETS), header.roots()));
    }

    private Bytes prove(Selection selection) {
        return TreeCodec.PROOF.encode(tree.select(
                selection,
                (leaf, isNeeded, _) -> new KeyPart(
                        leaf.head().treeKey(),
                        leaf.history(),
                        List.of(isNeeded ? leaf.head() : leaf.head().withoutValue()),
                        Optional.empty(),
                        leaf.history())));
    }

    private static Object proven(Verification<?> verification) {
        if (verification instanceof Verification.Refused<?> refused) {
            throw new AssertionError(refused.toString());
        }
        return verification;
    }
}
