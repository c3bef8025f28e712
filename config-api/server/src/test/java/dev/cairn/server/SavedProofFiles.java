package dev.cairn.server;

import dev.cairn.client.Pin;
import dev.cairn.client.ProvenKeys;
import dev.cairn.client.Refusal;
import dev.cairn.client.RefusedException;
import dev.cairn.client.SavedProof;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Proof;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.View;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files with saved proofs about a small chain, always the same, and what is true of it. */
final class SavedProofFiles {
    private static final int MAX_PROOF_BYTES = 1 << 20;
    private static final long SESSION = 7;
    private static final long SECOND = 1_000_000_000L;
    private static final long FIRST_TIME = 1_767_225_600L * SECOND;

    /** What comes of checking a file, as the command and the second verifier tell it apart. */
    enum Verdict {
        PROVEN,
        BAD_FILE,
        NOT_PROVEN,
        OTHER_CHAIN
    }

    record Saved(String name, Bytes bytes) {}

    private final SoloChain chain = new SoloChain("saved");
    private final Pin pin = Pin.of(chain.document());

    /** The keys and values after each revision, from 0. */
    private final List<SortedMap<Bytes, Bytes>> history = new ArrayList<>(List.of(new TreeMap<>(), new TreeMap<>()));

    private final List<Saved> proven = new ArrayList<>();
    private final List<Saved> all = new ArrayList<>();
    private long sequence;

    private SavedProofFiles() {}

    static SavedProofFiles make(Path state) {
        SavedProofFiles files = new SavedProofFiles();
        try (KvStateMachine machine =
                KvStateMachine.open(state, files.pin.chainId(), Governance.OPEN, Limits.DEFAULT)) {
            files.fill(machine);
        }
        return files;
    }

    Pin pin() {
        return pin;
    }

    List<Saved> proven() {
        return proven;
    }

    List<Saved> all() {
        return all;
    }

    private void fill(KvStateMachine machine) {
        commit(machine, new Operation.OpenSession(0));
        put(machine, "greeting", "hello");
        put(machine, "greeting", "good morning");
        for (int i = 1; i <= 5; i++) {
            put(machine, "p/" + i, "value " + i);
        }
        QuorumCertificate certificate = put(machine, "q", "");
        KvState state = machine.committed();
        Header header = chain.head().header();

        Question.Get greeting = new Question.Get(Bytes.utf8("greeting"), 0);
        Map<String, Question.OfKeys> questions = new LinkedHashMap<>();
        questions.put("a key", greeting);
        questions.put("a key at an older revision", new Question.Get(Bytes.utf8("greeting"), 2));
        questions.put("that a key is missing", new Question.Get(Bytes.utf8("greetings"), 0));
        questions.put("a prefix", new Question.Range(KeySpan.prefix(Bytes.utf8("p/")), 0, 0, false));
        questions.put(
                "a page of all keys, without values", new Question.Range(KeySpan.prefix(Bytes.EMPTY), 3, 5, true));
        questions.forEach((name, question) ->
                proven.add(new Saved(name, file(header, certificate, question, prove(machine, state, question)))));
        all.addAll(proven);
        Bytes proof = prove(machine, state, greeting);
        Bytes whole = proven.getFirst().bytes();
        all.add(new Saved(
                "the proof of another question",
                file(header, certificate, new Question.Get(Bytes.utf8("p/1"), 0), proof)));
        all.add(new Saved("two votes of four", file(header, chain.certify(header, View.ZERO, 2), greeting, proof)));
        SoloChain other = new SoloChain("other");
        Block theirs = other.next(List.of(), state.roots(), FIRST_TIME);
        all.add(new Saved("another chain's", file(theirs.header(), other.append(theirs), greeting, proof)));
        all.add(new Saved("nothing", Bytes.EMPTY));
        all.add(new Saved("cut short", whole.slice(0, whole.size() - 1)));
        all.add(new Saved("a byte behind the end", KeySpan.successor(whole)));
    }

    private QuorumCertificate put(KvStateMachine machine, String key, String value) {
        SortedMap<Bytes, Bytes> after = new TreeMap<>(history.getLast());
        after.put(Bytes.utf8(key), Bytes.utf8(value));
        history.add(after);
        return commit(machine, new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false));
    }

    private QuorumCertificate commit(KvStateMachine machine, Operation operation) {
        RequestId id = new RequestId(new ClientId(0), SESSION, sequence++);
        List<Request> requests = List.of(chain.sign(id, OperationCodec.encode(List.of(operation))));
        Height height = machine.committed().height().next();
        long time = FIRST_TIME + height.value() * SECOND;
        KvState state = machine.execute(machine.committed(), new Proposal(height, time, requests));
        Block block = chain.next(requests, machine.roots(state), time);
        QuorumCertificate certificate = chain.append(block);
        machine.commit(state, block);
        machine.persist(state, block);
        return certificate;
    }

    private static Bytes prove(KvStateMachine machine, KvState state, Question.OfState question) {
        if (machine.prove(state, question, MAX_PROOF_BYTES) instanceof Proof.Made(Bytes made)) {
            return made;
        }
        throw new AssertionError("no proof of " + question);
    }

    private static Bytes file(Header header, QuorumCertificate certificate, Question.OfKeys question, Bytes proof) {
        SavedProof saved =
                new SavedProof(Bytes.wrap(header.encode()), Bytes.wrap(certificate.encode()), question, proof);
        return Bytes.wrap(saved.encode());
    }

    Verdict verdict(Bytes file) {
        try {
            SavedProof.decode(file.shared()).check(pin);
            return Verdict.PROVEN;
        } catch (IllegalArgumentException e) {
            return Verdict.BAD_FILE;
        } catch (RefusedException e) {
            return e.refusal() instanceof Refusal.ForeignChain ? Verdict.OTHER_CHAIN : Verdict.NOT_PROVEN;
        }
    }

    /** Whether it is what was put. */
    boolean isTrue(ProvenKeys answer) {
        KeySpan span = switch (answer.question()) {
            case Question.Get get -> KeySpan.single(get.key());
            case Question.Range range -> range.span();
        };
        long limit =
                answer.question() instanceof Question.Range range && range.limit() > 0 ? range.limit() : Long.MAX_VALUE;
        boolean keysOnly = answer.question() instanceof Question.Range range && range.keysOnly();
        SortedMap<Bytes, Bytes> then = history.get((int) answer.revision());
        List<Bytes> keys = then.keySet().stream().filter(span::contains).toList();
        List<KeyVersion> found = answer.versions();
        return found.stream()
                        .map(KeyVersion::key)
                        .toList()
                        .equals(keys.stream().limit(limit).toList())
                && answer.more() == keys.size() > limit
                && found.stream()
                        .allMatch(version -> keysOnly
                                ? version.value().resident().isEmpty()
                                : version.value().resident().orElseThrow().equals(then.get(version.key())));
    }

    String json(List<Saved> files) {
        return Json.object()
                .put("genesis", new String(chain.document().render(), StandardCharsets.UTF_8))
                .put("files", new Json.Items(files.stream().map(this::json).toList()))
                .build()
                .render();
    }

    private Json json(Saved file) {
        Json.Builder fields = Json.object()
                .put("name", file.name())
                .put("file", file.bytes().toHex())
                .put("verdict", verdict(file.bytes()).name());
        if (verdict(file.bytes()) == Verdict.PROVEN) {
            fields.put("keys", new Json.Items(answer(file.bytes())));
        }
        return fields.build();
    }

    private List<Json> answer(Bytes file) {
        try {
            return SavedProof.decode(file.shared()).check(pin).versions().stream()
                    .map(version -> Json.text(version.key().toHex()))
                    .toList();
        } catch (RefusedException e) {
            throw new AssertionError(e);
        }
    }
}
