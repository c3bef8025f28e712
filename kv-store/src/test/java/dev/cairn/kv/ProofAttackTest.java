package dev.cairn.kv;

import static dev.cairn.kv.ProofTest.proven;
import static dev.cairn.kv.ProofTest.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.NodeHash;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Refusal;
import dev.cairn.kv.proof.Summary;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.kv.proof.Verification;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.MerklePath;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has broken other proof systems, tried on this one. */
class ProofAttackTest {
    private static final KeySpan ALL = KeySpan.prefix(Bytes.EMPTY);

    private TestMachine machine;
    private KvState state;
    private Header header;

    @BeforeEach
    void setUp() {
        machine = new TestMachine();
        machine.openSession();
        for (String key : List.of("a", "ab", "abc", "b", "ba", "c", "d", "e")) {
            machine.run(put(key, "value of " + key));
            machine.run(put(key, "newer value of " + key));
        }
        machine.run(new Operation.DeleteRange(Bytes.utf8("d"), Bytes.EMPTY, false));
        see();
    }

    @AfterEach
    void cleanUp() {
        machine.close();
    }

    private void see() {
        state = machine.committed();
        header = TestMachine.header(state);
    }

    private static Operation put(String key, String value) {
        return put(key, Bytes.utf8(value));
    }

    private static Operation put(String key, Bytes value) {
        return new Operation.Put(Bytes.utf8(key), value, 0, false, false, false);
    }

    private static Question.Get get(String key) {
        return new Question.Get(Bytes.utf8(key), 0);
    }

    private Bytes made(Question.OfState question) {
        return ((Proof.Made) machine.machine().prove(state, question, Integer.MAX_VALUE)).bytes();
    }

    private static Pruned<KeyPart> tree(Bytes proof) throws InvalidProofException {
        return TreeCodec.PROOF.decode(proof).orElseThrow();
    }

    private static Bytes bytes(Pruned<KeyPart> tree) {
        return TreeCodec.PROOF.encode(Optional.of(tree));
    }

    /** The tree with every node replaced, children first. */
    private static Pruned<KeyPart> replace(Pruned<KeyPart> node, UnaryOperator<Pruned<KeyPart>> by) {
        return switch (node) {
            case Pruned.Branch<KeyPart>(int critBit, Pruned<KeyPart> left, Pruned<KeyPart> right) ->
                by.apply(new Pruned.Branch<>(critBit, replace(left, by), replace(right, by)));
            case Pruned.Tip<KeyPart> tip -> by.apply(tip);
            case Pruned.Stub<KeyPart> stub -> by.apply(stub);
        };
    }

    private static Summary summary(Pruned<KeyPart> node) {
        return switch (node) {
            case Pruned.Stub<KeyPart>(Summary summary) -> summary;
            case Pruned.Tip<KeyPart>(KeyPart part) -> part.summary();
            case Pruned.Branch<KeyPart>(int critBit, Pruned<KeyPart> left, Pruned<KeyPart> right) -> {
                Summary l = summary(left);
                Summary r = summary(right);
                yield new Summary(
                        NodeHash.inner(critBit, l, r),
                        Math.max(l.maxModRevision(), r.maxModRevision()),
                        l.liveCount() + r.liveCount());
            }
        };
    }

    private static boolean isTip(Pruned<KeyPart> node, String key) {
        return node instanceof Pruned.Tip<KeyPart>(KeyPart part)
                && part.treeKey().equals(Space.CLIENTS.treeKey(Bytes.utf8(key)));
    }

    @Test
    void noAbsenceIsProvenOfAKeyThatExists() throws InvalidProofException {
        // ICS-23 "Dragonberry". Truthful proofs of other keys' absence, and the key's own proof with the key hidden.
        for (String absent : List.of("", "aa", "abb", "abcd", "az", "d", "f", "zzz")) {
            assertThat(proven(Verifier.verify(header, get(absent), made(get(absent)))))
                    .isEqualTo(new Answer.Found(Optional.empty()));
            for (String present : List.of("a", "ab", "abc", "b", "ba", "c", "e")) {
                Verification<Answer.Found> verification = Verifier.verify(header, get(present), made(get(absent)));
                if (verification instanceof Verification.Proven<Answer.Found>(Answer.Found answer)) {
                    assertThat(answer.version())
                            .as("%s by the absence of %s", present, absent)
                            .isPresent();
                }
            }
        }
        Pruned<KeyPart> hidden = replace(
                tree(made(new Question.Range(ALL, 0, 0, true))),
                node -> isTip(node, "ab") ? new Pruned.Stub<>(summary(node)) : node);
        assertThat(refusal(header, new Question.Range(ALL, 0, 0, true), bytes(hidden)))
                .isEqualTo(Refusal.INCOMPLETE);
    }

    @Test
    void leavesThatLookLikeInnerNodesAreLeaves() {
        // Values that are the very preimages of a node, of a leaf, and 64 bytes long.
        Summary any = new Summary(new Digest(1, 2, 3, 4), 5, 6);
        Bytes inner = Bytes.wrap(new ByteWriter(104)
                .putByte(0x22)
                .putByte(1)
                .putInt(7)
                .putDigest(any.hash())
                .putLong(5)
                .putLong(6)
                .putDigest(any.hash())
                .putLong(5)
                .putLong(6)
                .toArray());
        for (Bytes value : List.of(inner, Bytes.wrap(new byte[64]), Bytes.wrap(new byte[] {0x20, 1}))) {
            machine.run(put("ab", value));
            see();
            Answer.Found found = (Answer.Found) proven(Verifier.verify(header, get("ab"), made(get("ab"))));
            assertThat(found.version().orElseThrow().value().resident()).contains(value);
            assertThat(found.version().orElseThrow().digest()).isNotEqualTo(NodeHash.inner(7, any, any));
        }
    }

    @Test
    void aHiddenRootProvesNothing() throws InvalidProofException {
        // Its hash is right, but nothing binds what it says about itself.
        Digest root = state.roots().stateRoot();
        for (Summary claim : List.of(new Summary(root, 0, 0), new Summary(root, Long.MAX_VALUE, 1000))) {
            Bytes proof = bytes(new Pruned.Stub<>(claim));
            assertThat(refusal(header, get("a"), proof)).isEqualTo(Refusal.INCOMPLETE);
            assertThat(refusal(header, new Question.Count(ALL), proof)).isEqualTo(Refusal.INCOMPLETE);
            assertThat(refusal(header, new Question.Changes(ALL, 1, 0, false), proof))
                    .isEqualTo(Refusal.INCOMPLETE);
        }
        assertThat(refusal(header, get("a"), TreeCodec.PROOF.encode(Optional.empty())))
                .isEqualTo(Refusal.WRONG_ROOT);
    }

    @Test
    void alteringASiblingsAnnotationIsRefused() throws InvalidProofException {
        // Summation trees. Every annotation of every hidden subtree, for counts and for changes.
        List<Question.OfState> questions = List.of(
                new Question.Count(KeySpan.prefix(Bytes.utf8("a"))),
                new Question.Changes(KeySpan.prefix(Bytes.utf8("b")), state.revision() - 1, 0, false),
                get("c"));
        for (Question.OfState question : questions) {
            Bytes proof = made(question);
            int[] hidden = {0};
            replace(tree(proof), node -> {
                hidden[0] += node instanceof Pruned.Stub<KeyPart> ? 1 : 0;
                return node;
            });
            assertThat(hidden[0]).isPositive();
            for (int target = 0; target < hidden[0]; target++) {
                for (long change : new long[] {1, -1, 1L << 40}) {
                    assertThat(alter(question, proof, target, change, 0)).isNotNull();
                    assertThat(alter(question, proof, target, 0, change)).isNotNull();
                }
            }
        }
    }

    private Refusal alter(Question question, Bytes proof, int target, long revision, long live)
            throws InvalidProofException {
        int[] next = {0};
        return refusal(header, question, bytes(replace(tree(proof), node -> {
            boolean isTarget = node instanceof Pruned.Stub<KeyPart> && next[0]++ == target;
            Summary old = summary(node);
            return isTarget
                    ? new Pruned.Stub<>(
                            new Summary(old.hash(), old.maxModRevision() + revision, old.liveCount() + live))
                    : node;
        })));
    }

    @Test
    void whatIsPaddedReorderedOrShownBeyondNeedIsRefused() throws InvalidProofException {
        Question.Get question = get("ab");
        Bytes proof = made(question);
        assertThat(refusal(header, question, Bytes.wrap(java.util.Arrays.copyOf(proof.shared(), proof.size() + 1))))
                .isEqualTo(Refusal.MALFORMED);
        Pruned<KeyPart> swapped = replace(
                tree(proof),
                node -> node instanceof Pruned.Branch<KeyPart>(int critBit, Pruned<KeyPart> left, Pruned<KeyPart> right)
                        ? new Pruned.Branch<>(critBit, right, left)
                        : node);
        assertThat(refusal(header, question, bytes(swapped))).isEqualTo(Refusal.CONTRADICTION);
        assertThat(refusal(header, question, made(new Question.Range(ALL, 0, 0, false))))
                .isEqualTo(Refusal.SURPLUS);
        assertThat(refusal(header, new Question.Range(KeySpan.single(Bytes.utf8("ab")), 1, 0, true), proof))
                .isEqualTo(Refusal.SURPLUS);
        assertThat(refusal(header, question, Bytes.EMPTY)).isEqualTo(Refusal.MALFORMED);
    }

    @Test
    void aKeyOfWrongLengthIsRefused() {
        // ics23#369: the length field moved by one takes a byte from the next field, or gives it one.
        Question.Get question = get("ab");
        byte[] proof = made(question).toArray();
        Bytes key = Space.CLIENTS.treeKey(Bytes.utf8("ab"));
        int found = 0;
        for (int at = 4; at + key.size() <= proof.length; at++) {
            if (Bytes.wrap(proof).slice(at, at + key.size()).equals(key) && proof[at - 1] == key.size()) {
                for (int change : new int[] {-1, 1, 8}) {
                    byte[] other = proof.clone();
                    other[at - 1] += (byte) change;
                    assertThat(refusal(header, question, Bytes.wrap(other))).isNotNull();
                }
                found++;
            }
        }
        assertThat(found).isEqualTo(1);
    }

    @Test
    void anotherValueOrVersionIsRefused() throws InvalidProofException {
        Pruned<KeyPart> forged = replace(tree(made(get("ab"))), node -> {
            if (!isTip(node, "ab") || !(node instanceof Pruned.Tip<KeyPart>(KeyPart part))) {
                return node;
            }
            KeyVersion old = part.versions().getFirst();
            KeyVersion other = KeyVersion.put(
                    old.treeKey(),
                    old.modRevision(),
                    old.sub(),
                    old.createRevision(),
                    old.version(),
                    old.lease(),
                    Value.of(Bytes.utf8("a lie")));
            return new Pruned.Tip<>(
                    new KeyPart(part.treeKey(), part.before(), List.of(other), Optional.empty(), part.history()));
        });
        assertThat(refusal(header, get("ab"), bytes(forged))).isEqualTo(Refusal.WRONG_ROOT);
    }

    @Test
    void anOldStatesTruthIsNotTheHeadersTruth() {
        Bytes old = made(get("ab"));
        machine.run(put("ab", "newest"));
        see();
        assertThat(refusal(header, get("ab"), old)).isEqualTo(Refusal.WRONG_ROOT);
    }

    @Test
    void aVersionBetweenCannotBeSkipped() throws InvalidProofException {
        // The value at a revision, claimed to be an older one: its neighbour would have to follow at once.
        machine.run(put("ab", "third"));
        machine.run(put("ab", "fourth"));
        see();
        KeySpan key = KeySpan.single(Bytes.utf8("ab"));
        Bytes oldest = made(new Question.Get(Bytes.utf8("ab"), 4));
        for (long revision = 5; revision <= state.revision(); revision++) {
            Question.Get question = new Question.Get(Bytes.utf8("ab"), revision);
            Bytes truth = made(question);
            Answer.Found found = (Answer.Found) proven(Verifier.verify(header, question, truth));
            if (!truth.equals(oldest)) {
                assertThat(refusal(header, question, oldest)).isIn(Refusal.INCOMPLETE, Refusal.SURPLUS);
                assertThat(found.version().orElseThrow().modRevision()).isLessThanOrEqualTo(revision);
            }
        }
        Bytes few = made(new Question.Changes(key, state.revision() - 1, 0, false));
        assertThat(refusal(header, new Question.Changes(key, 2, 0, false), few)).isEqualTo(Refusal.INCOMPLETE);
    }

    @Test
    void aRequestTwiceInABlockIsAnotherBlock() {
        // CVE-2012-2459: the tree over a, b, c is not the tree over a, b, c, c.
        List<Request> three =
                List.of(machine.request(put("a", "1")), machine.request(put("b", "2")), machine.request(put("c", "3")));
        List<Request> four = new ArrayList<>(three);
        four.add(three.getLast());
        assertThat(Block.requestsRoot(TestMachine.CHAIN, three))
                .isNotEqualTo(Block.requestsRoot(TestMachine.CHAIN, four));
        KvState after = machine.run(three.toArray(Request[]::new));
        Header certified = ProofTest.header(after, three);
        Block block = new Block(certified, three);
        for (int i = 0; i < three.size(); i++) {
            Bytes receipt = ((Proof.Made) machine.machine().receipt(after, block, i, false, Integer.MAX_VALUE)).bytes();
            for (int j = 0; j < three.size(); j++) {
                Request asked = three.get(j);
                Question.Receipt question = new Question.Receipt(asked.id(), asked.digest(TestMachine.CHAIN), false);
                if (i == j) {
                    proven(Verifier.verify(certified, question, receipt));
                } else {
                    assertThat(refusal(certified, question, receipt)).isEqualTo(Refusal.WRONG_ROOT);
                }
            }
        }
    }

    @Test
    void everyPathLeadsToItsRootAndNoOther() {
        for (int size = 1; size < 20; size++) {
            List<Digest> contents = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                contents.add(new Digest(i, 0, 0, 0));
            }
            Digest root = MerkleFrontier.rootOf(contents);
            for (int i = 0; i < size; i++) {
                MerklePath path = MerklePath.of(contents, i);
                for (int j = 0; j < size; j++) {
                    assertThat(path.root(contents.get(j)).equals(root)).isEqualTo(i == j);
                }
            }
        }
    }

    @Test
    void whatIsNewerThanTheHeaderIsRefused() {
        Bytes proof = made(get("ab"));
        long next = state.revision() + 1;
        assertThat(refusal(header, new Question.Get(Bytes.utf8("ab"), next), proof))
                .isEqualTo(Refusal.FUTURE_REVISION);
        assertThat(refusal(header, new Question.Changes(ALL, next, 0, false), proof))
                .isEqualTo(Refusal.FUTURE_REVISION);
    }
}
