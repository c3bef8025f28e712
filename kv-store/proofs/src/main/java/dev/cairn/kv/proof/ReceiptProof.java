package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerklePath;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * That a request stands in a block and what became of it: the request's digest and the result's lie at the same place of
 * two trees of the same size.
 */
public record ReceiptProof(MerklePath request, MerklePath resultPath, RequestOutcome result) {
    private static final int FORMAT = 3;

    /**
     * Of a block's request at {@code index}.
     *
     * @param form gives a version with its value, or without
     */
    public static ReceiptProof of(
            Digest chainId,
            List<Request> requests,
            List<RequestOutcome> results,
            int index,
            UnaryOperator<KeyVersion> form) {
        List<Digest> signed =
                requests.stream().map(request -> request.digest(chainId)).toList();
        return new ReceiptProof(
                MerklePath.of(signed, index),
                MerklePath.of(ResultHashing.digests(requests, results), index),
                withVersions(results.get(index), form));
    }

    public Bytes encode() {
        ByteWriter out =
                new ByteWriter(1 << 9).putByte(FORMAT).putLong(request.index()).putLong(request.size());
        request.siblings().forEach(out::putDigest);
        resultPath.siblings().forEach(out::putDigest);
        ResultCodec.put(
                out, result, (writer, version) -> VersionCodec.put(writer.putBytes(version.treeKey()), version));
        return Bytes.wrap(out.toArray());
    }

    static ReceiptProof decode(Bytes proof) throws InvalidProofException {
        Input in = new Input(proof.shared());
        if (in.nextByte() != FORMAT) {
            throw new InvalidProofException(Refusal.MALFORMED, "not of format " + FORMAT);
        }
        long index = in.nextLong();
        long size = in.nextLong();
        if (index < 0 || index >= size) {
            throw new InvalidProofException(Refusal.MALFORMED, "request " + index + " of " + size);
        }
        int siblings = MerklePath.length(index, size);
        ReceiptProof receipt = new ReceiptProof(
                new MerklePath(index, size, in.nextDigests(siblings)),
                new MerklePath(index, size, in.nextDigests(siblings)),
                ResultCodec.next(in));
        in.requireEnd();
        return receipt;
    }

    RequestOutcome verify(Header header, Question.Receipt question) throws InvalidProofException {
        requireRoot(header.requestsRoot(), request.root(question.request()), "request");
        requireRoot(
                header.roots().resultsRoot(), resultPath.root(ResultHashing.digest(question.id(), result)), "result");
        for (KeyVersion version : versions(result)) {
            KeyPart.requireValue(version, question.values());
        }
        return result;
    }

    private static void requireRoot(Digest expected, Digest found, String what) throws InvalidProofException {
        if (!found.equals(expected)) {
            throw new InvalidProofException(
                    Refusal.WRONG_ROOT, "the path of the " + what + " leads to " + found + ", not " + expected);
        }
    }

    /** All versions that a result names, in the order of its bytes. */
    public static List<KeyVersion> versions(RequestOutcome result) {
        List<KeyVersion> found = new ArrayList<>();
        withVersions(result, version -> {
            found.add(version);
            return version;
        });
        return found;
    }

    private static RequestOutcome withVersions(RequestOutcome result, UnaryOperator<KeyVersion> form) {
        return switch (result) {
            case RequestOutcome.Executed executed ->
                new RequestOutcome.Executed(withVersions(executed.outcomes(), form));
            case RequestOutcome.Refused refused -> refused;
        };
    }

    private static List<Outcome> withVersions(List<Outcome> outcomes, UnaryOperator<KeyVersion> form) {
        return outcomes.stream().map(outcome -> withVersions(outcome, form)).toList();
    }

    private static Outcome withVersions(Outcome outcome, UnaryOperator<KeyVersion> form) {
        return switch (outcome) {
            case Outcome.Put put ->
                new Outcome.Put(put.revision(), put.previous().map(form));
            case Outcome.Deleted deleted ->
                new Outcome.Deleted(deleted.revision(), deleted.count(), all(deleted.previous(), form));
            case Outcome.Ranged ranged ->
                new Outcome.Ranged(ranged.revision(), all(ranged.versions(), form), ranged.more(), ranged.count());
            case Outcome.Txn txn ->
                new Outcome.Txn(txn.revision(), txn.succeeded(), withVersions(txn.responses(), form));
            case Outcome.Compacted compacted -> compacted;
            case Outcome.Change change -> change;
            case Outcome.SessionOpened opened -> opened;
            case Outcome.AuthChanged changed -> changed;
            case Outcome.Upkept upkept -> upkept;
            case Outcome.Failed failed -> failed;
            case LeaseOutcome lease -> lease;
        };
    }

    private static List<KeyVersion> all(List<KeyVersion> versions, UnaryOperator<KeyVersion> form) {
        return versions.stream().map(form).toList();
    }
}
