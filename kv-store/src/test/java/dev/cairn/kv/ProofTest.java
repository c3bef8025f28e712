package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.ReceiptProof;
import dev.cairn.kv.proof.Refusal;
import dev.cairn.kv.proof.ResultHashing;
import dev.cairn.kv.proof.Verification;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Proofs of random histories say what the store itself would, and changed ones are refused or say the same. */
class ProofTest {
    private static final Bytes OPEN_END = Bytes.wrap(new byte[] {0});

    private TestMachine machine;
    private List<Request> lastBlock = List.of();

    @BeforeTry
    @BeforeEach
    void setUp() {
        machine = new TestMachine();
        machine.openSession();
    }

    @AfterTry
    @AfterEach
    void cleanUp() {
        machine.close();
    }

    private static Bytes key(Random random) {
        return random.nextInt(3) == 0
                ? Bytes.utf8("hot")
                : Bytes.wrap(new byte[] {(byte) (random.nextInt(3) * 0x7f), (byte) random.nextInt(4), 'x'})
                        .slice(random.nextInt(2), 2 + random.nextInt(2));
    }

    private static Operation operation(Random random, long revision) {
        Bytes key = random.nextInt(20) == 0 ? Bytes.utf8("deep/" + random.nextInt(90)) : key(random);
        return switch (random.nextInt(14)) {
            case 0, 1 -> new Operation.DeleteRange(key, Bytes.EMPTY, random.nextBoolean());
            case 2 -> new Operation.DeleteRange(key, key(random), true);
            case 3 -> new Operation.Compact(Math.max(1, revision - random.nextInt(8)), false);
            case 4 ->
                new Operation.Txn(
                        List.of(),
                        List.of(put(Bytes.utf8("hot"), random), Operation.Range.all(OPEN_END, OPEN_END)),
                        List.of());
            default -> put(key, random);
        };
    }

    private static Operation put(Bytes key, Random random) {
        String value = "v".repeat(random.nextInt(8) == 0 ? 600 : random.nextInt(3)) + random.nextInt(5);
        return new Operation.Put(key, Bytes.utf8(value), 0, true, false, false);
    }

    private void runBlocks(Random random) {
        for (int i = random.nextInt(30); i >= 0; i--) {
            List<Request> block = new ArrayList<>();
            for (int j = random.nextInt(5); j >= 0; j--) {
                block.add(machine.request(operation(random, machine.committed().revision())));
            }
            machine.run(block.toArray(Request[]::new));
            lastBlock = List.copyOf(block);
        }
    }

    private static KeySpan span(Random random) {
        KeySpan span = switch (random.nextInt(4)) {
            case 0 -> KeySpan.single(key(random));
            case 1 -> KeySpan.prefix(key(random));
            case 2 -> new KeySpan(key(random), Optional.of(key(random)));
            default -> new KeySpan(OPEN_END, Optional.empty());
        };
        boolean isOpenToEtcd = span.until().equals(Optional.of(OPEN_END)); // the store that is asked would read it so
        return span.isEmpty() || isOpenToEtcd ? KeySpan.prefix(span.from()) : span;
    }

    private Question question(Random random) {
        KvState state = machine.committed();
        long oldest = Math.max(1, state.compactRevision());
        long revision = oldest + random.nextLong(state.revision() - oldest + 1);
        long some = random.nextBoolean() ? 0 : revision;
        return switch (random.nextInt(6)) {
            case 0 -> new Question.Get(key(random), some);
            case 1, 2 -> new Question.Range(span(random), random.nextInt(5), some, random.nextInt(3) == 0);
            case 3 -> new Question.Count(span(random));
            case 4 ->
                new Question.Changes(
                        span(random),
                        revision,
                        random.nextBoolean() ? 0 : revision + random.nextLong(state.revision() - revision + 1),
                        random.nextBoolean());
            default -> {
                Request request = lastBlock.get(random.nextInt(lastBlock.size()));
                yield new Question.Receipt(request.id(), request.digest(TestMachine.CHAIN), random.nextBoolean());
            }
        };
    }

    private Header header() {
        return header(machine.committed(), lastBlock);
    }

    static Header header(KvState state, List<Request> block) {
        Header header = TestMachine.header(state);
        return new Header(
                header.formatVersion(),
                header.chainId(),
                header.epoch(),
                header.height(),
                header.parent(),
                header.timeNanos(),
                Block.requestsRoot(TestMachine.CHAIN, block),
                header.roots(),
                header.historyRoot(),
                header.validators(),
                header.nextValidators(),
                header.parameters(),
                header.applicationVersion());
    }

    private Proof prove(Question question) {
        KvState state = machine.committed();
        return switch (question) {
            case Question.OfState ofState -> machine.machine().prove(state, ofState, Integer.MAX_VALUE);
            case Question.Receipt receipt -> {
                int index = lastBlock.stream().map(Request::id).toList().indexOf(receipt.id());
                yield machine.machine()
                        .receipt(state, new Block(header(), lastBlock), index, receipt.values(), Integer.MAX_VALUE);
            }
        };
    }

    private Bytes made(Question question) {
        return ((Proof.Made) prove(question)).bytes();
    }

    static Answer proven(Verification<? extends Answer> verification) {
        assertThat(verification).isInstanceOf(Verification.Proven.class);
        return ((Verification.Proven<? extends Answer>) verification).answer();
    }

    // What the answer must be.

    private String expected(Question question) {
        KvState state = machine.committed();
        return switch (question) {
            case Question.Get get -> {
                Outcome.Ranged read = read(KeySpan.single(get.key()), 0, get.revision());
                yield meaning(new Answer.Found(whole(read.versions()).findFirst()));
            }
            case Question.Range range -> {
                Outcome.Ranged read = read(range.span(), range.limit(), range.revision());
                yield meaning(new Answer.Page(
                        (range.keysOnly()
                                        ? read.versions().stream().map(KeyVersion::withoutValue)
                                        : whole(read.versions()))
                                .toList(),
                        read.more(),
                        range.revision() == 0 ? OptionalLong.of(read.count()) : OptionalLong.empty()));
            }
            case Question.Count count ->
                meaning(new Answer.Count(read(count.span(), 0, 0).count()));
            case Question.Changes changes -> {
                long through = changes.through() == 0 ? state.revision() : changes.through();
                List<KeyEvent> events = machine.machine()
                        .history(changes.span()::contains, changes.after() + 1, through, Integer.MAX_VALUE)
                        .orElseThrow()
                        .changes();
                yield meaning(new Answer.Changes(
                        events.stream()
                                .map(event -> new KeyEvent(whole(event.change()), previous(event, changes)))
                                .toList(),
                        through));
            }
            case Question.Receipt receipt -> {
                int index = lastBlock.stream().map(Request::id).toList().indexOf(receipt.id());
                yield ResultHashing.root(
                                        List.of(lastBlock.get(index)),
                                        List.of(state.results().get(index)))
                                .toHex()
                        + receipt.values();
            }
        };
    }

    private Optional<KeyVersion> previous(KeyEvent event, Question.Changes question) {
        return event.previous()
                .map(version -> question.previousValues() || version.modRevision() > question.after()
                        ? whole(version)
                        : version.withoutValue());
    }

    private Outcome.Ranged read(KeySpan span, long limit, long revision) {
        return (Outcome.Ranged) machine.machine()
                .range(new Operation.Range(
                        span.from().isEmpty() ? OPEN_END : span.from(),
                        span.until().orElse(OPEN_END),
                        limit,
                        revision,
                        Operation.SortOrder.NONE,
                        Operation.SortTarget.KEY,
                        false,
                        false,
                        0,
                        0,
                        0,
                        0));
    }

    private Stream<KeyVersion> whole(List<KeyVersion> versions) {
        return versions.stream().map(this::whole);
    }

    private KeyVersion whole(KeyVersion version) {
        return version.isLive()
                ? version.withValue(
                        machine.machine().load(version).orElseThrow().value())
                : version;
    }

    /** All that a client learns from an answer. */
    private String meaning(Answer answer) {
        return switch (answer) {
            case Answer.Found found -> "found " + all(found.version().stream());
            case Answer.Page page -> all(page.versions().stream()) + page.more() + page.count();
            case Answer.Count count -> count.toString();
            case Answer.Changes changes ->
                changes.events().stream()
                                .map(event -> all(Stream.of(event.change())) + " for " + all(event.previous().stream()))
                                .toList()
                        + " " + changes.through();
            case Answer.Receipt receipt -> {
                List<KeyVersion> versions = ReceiptProof.versions(receipt.outcome());
                boolean values = versions.stream().allMatch(KeyVersion::isWhole);
                Request request = lastBlock.getFirst();
                yield "" + versions.size() + values + request.id() + receipt.outcome() + all(versions.stream());
            }
        };
    }

    private static String all(Stream<KeyVersion> versions) {
        return versions.map(version -> version + " " + version.digest().toHex() + " " + version.isWhole())
                .toList()
                .toString();
    }

    // The properties.

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void whatIsProvenIsWhatTheStoreSays(@ForAll long seed) {
        Random random = new Random(seed);
        runBlocks(random);
        for (int i = 0; i < 40; i++) {
            Question question = question(random);
            Answer answer = proven(Verifier.verifyAny(header(), question, made(question)));
            if (question instanceof Question.Receipt receipt) {
                int index = lastBlock.stream().map(Request::id).toList().indexOf(receipt.id());
                Answer.Receipt found = (Answer.Receipt) answer;
                assertThat(ResultHashing.root(List.of(lastBlock.get(index)), List.of(found.outcome()))
                                        .toHex()
                                + receipt.values())
                        .isEqualTo(expected(question));
                assertThat(ReceiptProof.versions(found.outcome()))
                        .allMatch(version -> !version.isLive() || version.isWhole() == receipt.values());
            } else {
                assertThat(meaning(answer)).as("%s", question).isEqualTo(expected(question));
            }
        }
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void changedBytesAreRefusedOrSayTheSame(@ForAll long seed) {
        Random random = new Random(seed);
        runBlocks(random);
        for (int i = 0; i < 6; i++) {
            Question question = question(random);
            Bytes proof = made(question);
            String truth = meaning(proven(Verifier.verifyAny(header(), question, proof)));
            List<Bytes> mutants = new ArrayList<>(Mutations.ofEveryByte(proof));
            for (int j = 0; j < 500; j++) {
                mutants.add(Mutations.random(proof, random));
            }
            for (Bytes mutant : mutants) {
                Verification<? extends Answer> verification = Verifier.verifyAny(header(), question, mutant);
                if (verification instanceof Verification.Proven<? extends Answer>(Answer answer)) {
                    assertThat(meaning(answer))
                            .as("%s by %s", question, mutant.toHex())
                            .isEqualTo(truth);
                }
            }
        }
    }

    /** A server that answers another question than the one that was asked, truthfully. */
    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void aProofOfSomethingElseIsRefusedOrAnswersTheQuestion(@ForAll long seed) {
        Random random = new Random(seed);
        runBlocks(random);
        for (int i = 0; i < 40; i++) {
            Question asked = question(random);
            if (asked instanceof Question.Receipt) {
                continue;
            }
            Verification<? extends Answer> verification = Verifier.verifyAny(header(), asked, made(question(random)));
            if (verification instanceof Verification.Proven<? extends Answer>(Answer answer)) {
                assertThat(meaning(answer)).as("%s", asked).isEqualTo(expected(asked));
            }
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void whatWasCompactedIsNeitherProvenNorAccepted(@ForAll long seed) {
        Random random = new Random(seed);
        runBlocks(random);
        KvState before = machine.committed();
        long old = Math.max(1, before.compactRevision());
        List<Question.OfState> questions = List.of(
                new Question.Get(key(random), old),
                new Question.Range(span(random), 0, old, false),
                new Question.Changes(span(random), old, 0, false));
        List<Bytes> proofs = questions.stream().map(this::made).toList();
        machine.run(put(Bytes.utf8("hot"), random));
        machine.run(new Operation.Compact(machine.committed().revision(), false));
        lastBlock = List.of();
        for (int i = 0; i < questions.size(); i++) {
            assertThat(prove(questions.get(i))).isEqualTo(new Proof.Failed(KvError.COMPACTED));
            assertThat(refusal(header(), questions.get(i), proofs.get(i))).isEqualTo(Refusal.COMPACTED);
        }
    }

    /** With the limit that is named another try fits, or one with half of that, down to a single key. */
    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void aProofKeepsToItsBytesOrSaysHowManyKeysWouldFit(@ForAll long seed) {
        Random random = new Random(seed);
        runBlocks(random);
        KvState state = machine.committed();
        int maxBytes = 1000 + random.nextInt(5000);
        Question.Range question = new Question.Range(span(random), 0, 0, false);
        Proof proof = machine.machine().prove(state, question, maxBytes);
        assertThat(proof instanceof Proof.TooLarge).isEqualTo(made(question).size() > maxBytes);
        while (proof instanceof Proof.TooLarge large && large.entries() > 0 && question.limit() != 1) {
            assertThat(question.limit() == 0 || large.entries() <= question.limit())
                    .isTrue();
            question = question.withLimit(
                    question.limit() == 0 ? large.entries() : Math.min(large.entries(), question.limit() / 2));
            proof = machine.machine().prove(state, question, maxBytes);
        }
        if (proof instanceof Proof.Made(Bytes bytes)) {
            assertThat(bytes.size()).isLessThanOrEqualTo(maxBytes);
            assertThat(bytes).isEqualTo(made(question));
        }
    }

    /** Cut at the keys that are named, the changes of a span are those of its parts. */
    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void aProofThatIsTooLargeSaysAtWhichKeyToCut(@ForAll long seed) {
        Random random = new Random(seed);
        runBlocks(random);
        KvState state = machine.committed();
        long after = Math.max(1, state.compactRevision());
        KeySpan all = new KeySpan(OPEN_END, Optional.empty());
        List<KeyEvent> events = new ArrayList<>();
        KeySpan rest = all;
        boolean done = false;
        while (!done) {
            KeySpan part = rest;
            Question.Changes question = new Question.Changes(part, after, 0, false);
            Proof proof = machine.machine().prove(state, question, 4000);
            while (proof instanceof Proof.TooLarge large && large.until().isPresent()) {
                assertThat(large.until().get()).isGreaterThan(part.from());
                assertThat(part.contains(large.until().get())).isTrue();
                part = new KeySpan(part.from(), large.until());
                question = new Question.Changes(part, after, 0, false);
                proof = machine.machine().prove(state, question, 4000);
            }
            Bytes bytes =
                    proof instanceof Proof.Made(Bytes made) ? made : made(question); // one key with a long history
            events.addAll(((Answer.Changes) proven(Verifier.verify(header(), question, bytes))).events());
            done = part.until().isEmpty();
            rest = done ? rest : new KeySpan(part.until().orElseThrow(), Optional.empty());
        }
        Question.Changes whole = new Question.Changes(all, after, 0, false);
        List<KeyEvent> expected = ((Answer.Changes) proven(Verifier.verify(header(), whole, made(whole)))).events();
        assertThat(names(events)).containsExactlyInAnyOrderElementsOf(names(expected));
    }

    private static List<String> names(List<KeyEvent> events) {
        return events.stream().map(event -> event.change().toString()).toList();
    }

    static Refusal refusal(Header header, Question question, Bytes proof) {
        Verification<? extends Answer> verification = Verifier.verifyAny(header, question, proof);
        assertThat(verification).as("%s", question).isInstanceOf(Verification.Refused.class);
        return ((Verification.Refused<? extends Answer>) verification).reason();
    }
}
