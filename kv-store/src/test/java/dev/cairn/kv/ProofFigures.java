package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.UserSpace;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What proofs cost in a tree of a million keys of 48 bytes, a thousand in each of a thousand namespaces:
 *
 * <pre>mvn -q -pl kv-store -am test -Dtest=ProofFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class ProofFigures {
    private static final int NAMESPACES = 1_000;
    private static final int KEYS_EACH = 1_000;
    private static final int VALUE_BYTES = 256;

    private final Random random = new Random(1);

    private static Bytes key(int namespace, int pod) {
        return Bytes.utf8("/registry/pods/namespace-%04d/pod-%04d-%08x"
                .formatted(namespace, pod, 0x9e3779b9 * (namespace * KEYS_EACH + pod)));
    }

    @Test
    void print() throws InvalidProofException {
        Tree tree = tree();
        StateRoots none = KvStateMachine.genesisRoots();
        StateRoots roots = new StateRoots(
                2, NAMESPACES * KEYS_EACH + 1, -1, none.resultsRoot(), none.eventsRoot(), tree.rootHash());
        Header header = TestMachine.header(KvState.at(new Height(1), tree, roots));
        gets(tree, header);
        prefixes(tree, header);
    }

    private static Tree tree() {
        TreeEditor editor = Tree.EMPTY.edit();
        Value value = Value.of(Bytes.wrap(new byte[VALUE_BYTES]));
        long revision = 1;
        for (int namespace = 0; namespace < NAMESPACES; namespace++) {
            for (int pod = 0; pod < KEYS_EACH; pod++) {
                revision++;
                KeyVersion version =
                        KeyVersion.put(UserSpace.treeKey(key(namespace, pod)), revision, 0, revision, 1, 0, value);
                editor.put(new Leaf(version, MerkleFrontier.EMPTY));
            }
        }
        return editor.seal();
    }

    private void gets(Tree tree, Header header) throws InvalidProofException {
        List<Question.Get> questions = new ArrayList<>();
        List<Bytes> proofs = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            questions.add(new Question.Get(key(random.nextInt(NAMESPACES), random.nextInt(KEYS_EACH)), 0));
            proofs.add(prove(tree, Selection.of(questions.get(i), header.roots())));
        }
        int[] sizes = proofs.stream().mapToInt(Bytes::size).sorted().toArray();
        System.out.printf(
                "proof of a key with a value of %d bytes: median %d bytes, longest %d%n",
                VALUE_BYTES, sizes[sizes.length / 2], sizes[sizes.length - 1]);
        measure("make the proof of a get", 20_000, i -> {
            try {
                prove(tree, Selection.of(questions.get(i % 2_000), header.roots()));
            } catch (InvalidProofException e) {
                throw new AssertionError(e);
            }
        });
        measure(
                "verify a get",
                20_000,
                i -> requireProven(Verifier.verify(header, questions.get(i % 2_000), proofs.get(i % 2_000))));
    }

    private void prefixes(Tree tree, Header header) throws InvalidProofException {
        List<Question.Range> questions = new ArrayList<>();
        List<Bytes> proofs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            KeySpan span =
                    KeySpan.prefix(Bytes.utf8("/registry/pods/namespace-%04d/".formatted(random.nextInt(NAMESPACES))));
            questions.add(new Question.Range(span, 0, 0, false));
            proofs.add(prove(tree, Selection.of(questions.get(i), header.roots())));
        }
        System.out.printf(
                "proof of a prefix of %d keys: %d bytes%n",
                KEYS_EACH, proofs.getFirst().size());
        measure(
                "verify a prefix",
                400,
                i -> requireProven(Verifier.verify(header, questions.get(i % 50), proofs.get(i % 50))));
    }

    private static Bytes prove(Tree tree, Selection selection) {
        return TreeCodec.PROOF.encode(tree.select(
                selection,
                (leaf, isNeeded, _) -> new KeyPart(
                        leaf.head().treeKey(),
                        leaf.history(),
                        List.of(isNeeded ? leaf.head() : leaf.head().withoutValue()),
                        Optional.empty(),
                        leaf.history())));
    }

    private static void requireProven(Verification<?> verification) {
        if (verification instanceof Verification.Refused<?> refused) {
            throw new AssertionError(refused.toString());
        }
    }

    /** As many turns unmeasured, then as many measured. */
    private static void measure(String what, int turns, IntConsumer turn) {
        for (int i = 0; i < turns; i++) {
            turn.accept(i);
        }
        long[] nanos = new long[turns];
        for (int i = 0; i < turns; i++) {
            long start = System.nanoTime();
            turn.accept(i);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%s: median %.1f µs, p99 %.1f µs%n",
                what, nanos[turns / 2] / 1_000.0, nanos[(int) (turns * 0.99)] / 1_000.0);
    }
}
