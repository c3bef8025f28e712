package dev.cairn.chaos.proofs;

import static dev.cairn.chaos.proofs.ProofJson.hex;

import dev.cairn.chaos.proofs.ProvenChain.Executed;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Summary;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.View;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The content of docs/vectors/proofs.json: for every kind of question some proofs that hold and some that do not. */
final class ProofVectors {
    private static final KeySpan ALL = KeySpan.prefix(Bytes.EMPTY);
    private static final KeySpan PODS = KeySpan.prefix(Bytes.utf8("/pods/"));

    record Vector(String name, String header, Question question, Bytes proof) {}

    private record Certified(String name, String header, QuorumCertificate certificate) {}

    final Map<String, Executed> headers = new TreeMap<>();
    final List<Vector> vectors = new ArrayList<>();
    private final List<Certified> certificates = new ArrayList<>();
    private final ProvenChain chain;

    private ProofVectors(ProvenChain chain) {
        this.chain = chain;
    }

    static ProofVectors make(Path directory) throws InvalidProofException {
        try (ProvenChain chain = new ProvenChain(directory)) {
            ProofVectors made = new ProofVectors(chain);
            made.history();
            made.certificates();
            made.foreignHeaders();
            return made;
        }
    }

    private static Operation put(String key, String value) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, true, false, false);
    }

    private static Operation delete(String key) {
        return new Operation.DeleteRange(Bytes.utf8(key), Bytes.EMPTY, true);
    }

    private static Question get(String key, long revision) {
        return new Question.Get(Bytes.utf8(key), revision);
    }

    private void history() throws InvalidProofException {
        mark("session");
        add("nothing is stored yet", "session", get("/pods/a", 0));
        for (int i = 1; i <= 6; i++) {
            chain.run(chain.request(put("/pods/a", "a " + i)), chain.request(put("/pods/ab", "ab " + i)));
            chain.run(chain.request(put("/nodes/n" + i, "n".repeat(i))));
        }
        chain.run(chain.request(put("/pods/b", ""), put("/pods/b", "twice in a request")));
        chain.run(chain.request(put("/pods/gone", "soon")));
        chain.run(chain.request(delete("/pods/gone")), chain.request(put("\u00ff", "the last key")));
        mark("early");
        long middle = at("early").state().revision() - 8;
        state("early", middle);
        receipts();
        chain.run(chain.request(new Operation.Compact(middle, false)));
        chain.run(chain.request(put("/pods/a", "after compaction")));
        mark("late");
        state("late", middle);
        refused(middle);
    }

    private Executed at(String header) {
        return Objects.requireNonNull(headers.get(header), header);
    }

    private void mark(String name) {
        headers.put(name, chain.head());
    }

    private void add(String name, String header, Question question) {
        add(name, header, question, chain.prove(at(header), question));
    }

    private void add(String name, String header, Question question, Bytes proof) {
        vectors.add(new Vector(name, header, question, proof));
    }

    private void state(String header, long middle) {
        for (String key : List.of("/pods/a", "/pods/b", "/pods/gone", "/pods/aa", "", "/", "\u00ff\u00ff")) {
            add("get " + key, header, get(key, 0));
            add("get " + key + " at " + middle, header, get(key, middle));
        }
        long last = at(header).state().revision();
        add("get at the last revision", header, get("/pods/ab", last));
        add("everything", header, new Question.Range(ALL, 0, 0, false));
        add("everything's keys", header, new Question.Range(ALL, 0, 0, true));
        add("everything as it was", header, new Question.Range(ALL, 0, middle, false));
        add("a page", header, new Question.Range(PODS, 2, 0, false));
        add("a page as it was", header, new Question.Range(PODS, 1, middle, false));
        add("a page that is just enough", header, new Question.Range(PODS, 3, 0, false));
        add("a prefix that nothing has", header, new Question.Range(KeySpan.prefix(Bytes.utf8("/p/")), 0, 0, false));
        KeySpan some = new KeySpan(Bytes.utf8("/nodes/n2"), Optional.of(Bytes.utf8("/pods/ab")));
        add("a range", header, new Question.Range(some, 0, 0, false));
        add("how many", header, new Question.Count(PODS));
        add("how many in a range", header, new Question.Count(some));
        add("nothing changed", header, new Question.Changes(KeySpan.prefix(Bytes.utf8("/nodes/")), last - 5, 0, false));
        add("changes", header, new Question.Changes(PODS, middle, 0, false));
        add("changes and what they replaced", header, new Question.Changes(PODS, middle, 0, true));
        add("changes up to a revision", header, new Question.Changes(ALL, middle, middle + 3, false));
    }

    private void receipts() {
        Request first = chain.request(put("/pods/a", "by receipt"));
        Request failing = chain.request(new Operation.Put(Bytes.EMPTY, Bytes.EMPTY, 0, false, false, false));
        Request txn = chain.request(new Operation.Txn(
                List.of(),
                List.of(
                        put("/pods/c", "c"),
                        delete("/pods/b"),
                        Operation.Range.all(Bytes.utf8("/pods/"), Bytes.utf8("/pods0"))),
                List.of()));
        chain.run(first, failing, txn, chain.request(delete("/pods/none")), first);
        mark("receipts");
        for (Request request : List.of(first, failing, txn)) {
            for (boolean values : new boolean[] {true, false}) {
                add(
                        "receipt of request " + request.id().sequence() + (values ? " with values" : ""),
                        "receipts",
                        new Question.Receipt(request.id(), request.digest(chain.genesis.chainId()), values));
            }
        }
    }

    private void refused(long middle) throws InvalidProofException {
        Vector everything = named("everything", "late");
        add(
                "an older header's truth",
                "late",
                everything.question(),
                named("everything", "early").proof());
        add("compacted", "late", get("/pods/a", middle - 1), everything.proof());
        add("the future", "late", get("/pods/a", middle + 1000), everything.proof());
        add("more than was asked for", "late", get("/pods/a", 0), everything.proof());
        add(
                "less than was asked for",
                "late",
                everything.question(),
                named("get /pods/a", "late").proof());
        add("a key is hidden", "late", everything.question(), hide(everything.proof(), "/pods/ab"));
        add("the root alone", "late", new Question.Count(ALL), root());
        add("nothing at all", "late", new Question.Count(ALL), Bytes.EMPTY);
        byte[] longer =
                Arrays.copyOf(everything.proof().shared(), everything.proof().size() + 1);
        add("a byte too many", "late", everything.question(), Bytes.wrap(longer));
    }

    private Vector named(String name, String header) {
        return vectors.stream()
                .filter(vector -> vector.name().equals(name) && vector.header().equals(header))
                .findFirst()
                .orElseThrow();
    }

    private Bytes root() {
        Summary claim = new Summary(at("late").state().roots().stateRoot(), 0, 0);
        return TreeCodec.PROOF.encode(Optional.of(new Pruned.Stub<>(claim)));
    }

    private static Bytes hide(Bytes proof, String key) throws InvalidProofException {
        return TreeCodec.PROOF.encode(Optional.of(PrunedTrees.hide(
                TreeCodec.PROOF.decode(proof).orElseThrow(),
                node -> node instanceof Pruned.Tip<KeyPart>(KeyPart part)
                        && part.treeKey().toUtf8().endsWith(key))));
    }

    // Certificates.

    private void certificates() {
        Executed late = at("late");
        Ballot ballot = chain.ballot(late);
        Ballot other = new Ballot(
                Epoch.ZERO, ballot.view(), ballot.height(), late.header().parent());
        Ballot earlier = new Ballot(Epoch.ZERO, new View(0), at("early").block().height(), ballot.block());
        certify("a quorum", chain.certificate(Phase.COMMIT, ballot, 0, 1, 3));
        certify("in another order", chain.certificate(Phase.COMMIT, ballot, 3, 0, 1));
        certify("all", chain.certificate(Phase.COMMIT, ballot, 0, 1, 2, 3));
        certify("no votes", chain.certificate(Phase.COMMIT, ballot));
        certify("no quorum", chain.certificate(Phase.COMMIT, ballot, 0, 1));
        certify("one votes twice", chain.certificate(Phase.COMMIT, ballot, 0, 1, 1));
        certify("one more votes twice", chain.certificate(Phase.COMMIT, ballot, 0, 1, 2, 2));
        certify("a voter beyond the last", chain.certificate(Phase.COMMIT, ballot, 0, 1, 4));
        certify("prepares", chain.certificate(Phase.PREPARE, ballot, 0, 1, 3));
        certify("checkpoint votes", chain.certificate(Phase.CHECKPOINT, ballot, 0, 1, 3));
        certify("another block", chain.certificate(Phase.COMMIT, other, 0, 1, 3));
        certify("another height", chain.certificate(Phase.COMMIT, earlier, 0, 1, 3));
        QuorumCertificate good = chain.certificate(Phase.COMMIT, ballot, 0, 1, 3);
        certify(
                "signatures of others",
                exchange(good, signature -> good.votes().get(0).signature().bytes()));
        certify("S above the order", exchange(good, ProofVectors::addOrder));
        certify("R of small order", exchange(good, signature -> {
            byte[] bytes = signature.toArray();
            Arrays.fill(bytes, 0, 32, (byte) 0);
            bytes[0] = 1;
            return Bytes.wrap(bytes);
        }));
    }

    /** Headers that a quorum has certified, and that follow rules or members other than the genesis document's. */
    private void foreignHeaders() {
        Header late = at("late").header();
        Digest other = Hashing.sha256(new byte[] {1});
        foreign("another chain", header(late, 1, other, 0, late.validators(), late.validators(), late.parameters()));
        foreign(
                "another format",
                header(late, 2, late.chainId(), 0, late.validators(), late.validators(), late.parameters()));
        foreign(
                "a later epoch",
                header(late, 1, late.chainId(), 1, late.validators(), late.validators(), late.parameters()));
        foreign("other validators", header(late, 1, late.chainId(), 0, other, other, late.parameters()));
        foreign(
                "other next validators",
                header(late, 1, late.chainId(), 0, late.validators(), other, late.parameters()));
        foreign("other parameters", header(late, 1, late.chainId(), 0, late.validators(), late.validators(), other));
    }

    private static Header header(
            Header like,
            int format,
            Digest chainId,
            long epoch,
            Digest validators,
            Digest nextValidators,
            Digest parameters) {
        return new Header(
                format,
                chainId,
                new Epoch(epoch),
                like.height(),
                like.parent(),
                like.timeNanos(),
                like.requestsRoot(),
                like.roots(),
                like.historyRoot(),
                validators,
                nextValidators,
                parameters,
                like.applicationVersion());
    }

    private void foreign(String name, Header header) {
        Executed late = at("late");
        Executed foreign = new Executed(new Block(header, late.block().requests()), late.state());
        headers.put(name, foreign);
        Ballot ballot = new Ballot(header.epoch(), new View(3), header.height(), header.digest());
        certificates.add(new Certified(name, name, chain.certificate(Phase.COMMIT, ballot, 0, 1, 3)));
    }

    private void certify(String name, QuorumCertificate certificate) {
        certificates.add(new Certified(name, "late", certificate));
    }

    /** The last vote's signature exchanged. */
    private static QuorumCertificate exchange(QuorumCertificate certificate, UnaryOperator<Bytes> by) {
        List<QuorumCertificate.Signed> votes = new ArrayList<>(certificate.votes());
        QuorumCertificate.Signed last = votes.removeLast();
        votes.add(new QuorumCertificate.Signed(
                last.voter(), new Signature(by.apply(last.signature().bytes()))));
        return new QuorumCertificate(certificate.phase(), certificate.ballot(), votes);
    }

    /** The same signature in another encoding, as far as arithmetic goes. */
    private static Bytes addOrder(Bytes signature) {
        BigInteger order = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
        byte[] s = new byte[33];
        for (int i = 0; i < 32; i++) {
            s[32 - i] = signature.at(32 + i);
        }
        byte[] sum = new BigInteger(s).add(order).toByteArray();
        byte[] bytes = signature.toArray();
        for (int i = 0; i < 32; i++) {
            bytes[32 + i] = i < sum.length ? sum[sum.length - 1 - i] : 0;
        }
        return Bytes.wrap(bytes);
    }

    // The file.

    String verdict(String header, Question question, Bytes proof) {
        return ProofJson.verdict(Verifier.verifyAny(at(header).header(), question, proof));
    }

    String json() {
        return """
                {
                "about": "Made by ProofVectorsTest. docs/proofs.md explains; deploy/verify/cairn_verify.py checks.",
                "chainId": "%s",
                "parameters": "%s",
                "validators": [%s],
                "headers": {
                %s
                },
                "proofs": [
                %s
                ],
                "certificates": [
                %s
                ]
                }
                """.formatted(
                chain.genesis.chainId().toHex(),
                chain.genesis.block().header().parameters().toHex(),
                chain.genesis.membership().voteKeys().stream()
                        .map(ProofJson::hex)
                        .collect(Collectors.joining(", ")),
                headers.entrySet().stream()
                        .map(named -> "\"%s\": %s"
                                .formatted(
                                        named.getKey(),
                                        hex(Bytes.wrap(named.getValue().header().encode()))))
                        .collect(Collectors.joining(",\n")),
                vectors.stream().map(this::json).collect(Collectors.joining(",\n")),
                certificates.stream().map(this::json).collect(Collectors.joining(",\n")));
    }

    private String json(Vector vector) {
        return "{\"name\": \"%s\", \"header\": \"%s\", \"question\": %s,\n  \"proof\": %s,\n  \"verdict\": %s}"
                .formatted(
                        vector.name(),
                        vector.header(),
                        ProofJson.question(vector.question()),
                        hex(vector.proof()),
                        verdict(vector.header(), vector.question(), vector.proof()));
    }

    private String json(Certified certified) {
        return "{\"name\": \"%s\", \"header\": \"%s\", \"valid\": %b,\n  \"certificate\": %s}"
                .formatted(
                        certified.name(),
                        certified.header(),
                        chain.isCommitted(at(certified.header()), certified.certificate()),
                        hex(Bytes.wrap(certified.certificate().encode())));
    }
}
