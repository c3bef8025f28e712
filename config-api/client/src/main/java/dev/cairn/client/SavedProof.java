package dev.cairn.client;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Input;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.QuorumCertificate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * An answer about keys with all that proves it, to be kept. Whoever pins the same genesis document can check it at any time
 * and without the cluster. It shows what was true as of its block, not that it still is. docs/proofs.md has the format.
 *
 * @param header canonical bytes, as certificate and proof are; none of them need be what it should be before {@link #check}
 */
public record SavedProof(Bytes header, Bytes certificate, Question.OfKeys question, Bytes proof) {
    private static final byte[] MAGIC = "cairn-proof-1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int GET = 1;
    private static final int RANGE = 2;

    /** Added to a question's kind where it is of the ledger. */
    private static final int OF_LEDGER = 2;

    /**
     * What it proves.
     *
     * @throws RefusedException if the header is another chain's ({@link Refusal.ForeignChain}) or not certified, or if the
     *     proof does not answer the question under it
     */
    public ProvenKeys check(Pin pin) throws RefusedException {
        HeadVerifier verifier = new HeadVerifier(pin);
        Header ours = verifier.header(header);
        return under(ours, verifier.certified(ours, certificate));
    }

    /** What it proves under a header that is known to be certified. */
    ProvenKeys under(Header certified, QuorumCertificate by) throws RefusedException {
        return switch (question) {
            case Question.Get get -> {
                Answer.Found found = Proofs.require(Verifier.verify(certified, get, proof));
                yield new ProvenKeys(
                        certified, by, get, found.version().stream().toList(), false);
            }
            case Question.Range range -> {
                Answer.Page page = Proofs.require(Verifier.verify(certified, range, proof));
                yield new ProvenKeys(certified, by, range, page.versions(), page.more());
            }
        };
    }

    /** For a file: a line that says what it is, and then the fields. */
    public byte[] encode() {
        ByteWriter out = new ByteWriter(1024 + proof.size())
                .putRaw(MAGIC)
                .putBytes(header)
                .putBytes(certificate);
        switch (question) {
            case Question.Get(Space space, Bytes key, long revision) ->
                out.putByte(kind(GET, space)).putBytes(key).putLong(revision);
            case Question.Range(Space space, KeySpan span, long limit, long revision, boolean keysOnly) -> {
                out.putByte(kind(RANGE, space))
                        .putBytes(span.from())
                        .putByte(span.until().isPresent() ? 1 : 0);
                span.until().ifPresent(out::putBytes);
                out.putLong(limit).putLong(revision).putByte(keysOnly ? 1 : 0);
            }
        }
        return out.putBytes(proof).toArray();
    }

    /** The inverse of {@link #encode}; an {@link IllegalArgumentException} for what cannot be one. */
    public static SavedProof decode(byte[] bytes) {
        if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IllegalArgumentException("it does not begin as a saved proof does");
        }
        Input input = new Input(Arrays.copyOfRange(bytes, MAGIC.length, bytes.length));
        try {
            SavedProof saved = new SavedProof(input.nextBytes(), input.nextBytes(), question(input), input.nextBytes());
            input.requireEnd();
            return saved;
        } catch (InvalidProofException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Question.OfKeys question(Input input) throws InvalidProofException {
        int kind = input.nextByte();
        Space space = kind > OF_LEDGER ? Space.LEDGER : Space.CLIENTS;
        return switch (kind) {
            case GET, GET + OF_LEDGER -> new Question.Get(space, input.nextBytes(), input.nextLong());
            case RANGE, RANGE + OF_LEDGER ->
                new Question.Range(space, span(input), input.nextLong(), input.nextLong(), input.nextFlag());
            default -> throw new IllegalArgumentException("no question is of kind " + kind);
        };
    }

    private static int kind(int plain, Space space) {
        return switch (space) {
            case CLIENTS -> plain;
            case LEDGER -> plain + OF_LEDGER;
        };
    }

    private static KeySpan span(Input input) throws InvalidProofException {
        Bytes from = input.nextBytes();
        return new KeySpan(from, input.nextFlag() ? Optional.of(input.nextBytes()) : Optional.empty());
    }

    /** Of an answer under a head that was verified. */
    static SavedProof of(TrustedHead head, Question.OfKeys question, Bytes proof) throws RefusedException {
        QuorumCertificate certificate = head.certificate()
                .orElseThrow(() -> new RefusedException(
                        new Refusal.Unproven("nothing was committed yet, and the genesis block has no certificate")));
        SavedProof saved =
                new SavedProof(Bytes.wrap(head.header().encode()), Bytes.wrap(certificate.encode()), question, proof);
        saved.under(head.header(), certificate);
        return saved;
    }
}
