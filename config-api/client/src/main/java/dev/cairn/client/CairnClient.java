package dev.cairn.client;

import dev.cairn.client.Calls.Asked;
import dev.cairn.codec.MalformedException;
import dev.cairn.codec.RecordCodec;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.proto.v1.BlockRequest;
import dev.cairn.proto.v1.BlockResponse;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.GetResponse;
import dev.cairn.proto.v1.HeadRequest;
import dev.cairn.proto.v1.HeadResponse;
import dev.cairn.proto.v1.ListRequest;
import dev.cairn.proto.v1.ListResponse;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.SubmitRequest;
import dev.cairn.proto.v1.SubmitResponse;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes a cluster of which no replica is trusted. Whatever a method returns was proven under a header that a
 * quorum certified; there is no method that returns anything else. A replica that lies, is behind or does not answer is
 * passed over, and {@link Verified#refused} says why.
 *
 * <pre>{@code
 * Pin pin = Pin.read(Path.of("genesis.json"));
 * try (CairnClient client = CairnClient.connect(ClientSettings.of(pin))) {
 *     Verified<Optional<KeyValue>> greeting = client.get(Bytes.utf8("greeting"), Freshness.LINEARIZABLE);
 *     greeting.value().ifPresent(record -> System.out.println(record.value().toUtf8()));
 * }
 * }</pre>
 *
 * <p>Methods block, at most for the settings' timeout, and may be called from many threads; virtual ones will do.
 */
public final class CairnClient implements AutoCloseable {
    private final Pin pin;
    private final LightClient light;
    private final Connections connections;
    private final Calls calls;

    private CairnClient(Pin pin, LightClient light, Connections connections, Calls calls) {
        this.pin = pin;
        this.light = light;
        this.connections = connections;
        this.calls = calls;
    }

    /**
     * Nothing is sent before the first call.
     *
     * @throws IOException if the head that was kept cannot be used
     */
    public static CairnClient connect(ClientSettings settings) throws IOException {
        LightClient light = LightClient.open(settings.pin(), settings.heads(), settings.trustingPeriod());
        Connections connections = settings.connections().get();
        Replicas replicas = new Replicas(settings.endpoints(), connections);
        return new CairnClient(
                settings.pin(),
                light,
                connections,
                new Calls(light, replicas, settings.timeout(), settings.clock(), settings.nonces()));
    }

    /** The chain that everything is verified against. */
    public Pin pin() {
        return pin;
    }

    /** The newest head that was verified; asks nobody. */
    public TrustedHead newestKnown() {
        return light.head();
    }

    /** A certified head. */
    public Verified<TrustedHead> head(Freshness freshness) throws NotVerifiedException {
        return calls.ask(
                freshness,
                ChainGrpc.getHeadMethod(),
                wanted -> HeadRequest.newBuilder().setHead(wanted).build(),
                HeadResponse::getHead,
                Asked::head);
    }

    /** The value of a key, or that there is none. */
    public Verified<Optional<KeyValue>> get(Bytes key, Freshness freshness) throws NotVerifiedException {
        return get(new Question.Get(key, 0), freshness);
    }

    /** As the key was at a revision, which must not have been compacted under the head. */
    public Verified<Optional<KeyValue>> getAt(Bytes key, long revision, Freshness freshness)
            throws NotVerifiedException {
        return get(new Question.Get(key, revision), freshness);
    }

    private Verified<Optional<KeyValue>> get(Question.Get question, Freshness freshness) throws NotVerifiedException {
        return calls.ask(
                freshness,
                StoreGrpc.getGetMethod(),
                wanted -> GetRequest.newBuilder()
                        .setHead(wanted)
                        .setKey(Calls.raw(question.key()))
                        .setRevision(question.revision())
                        .build(),
                GetResponse::getHead,
                asked -> {
                    Bytes proof = Calls.bytes(asked.response().getProof());
                    Answer.Found found =
                            Proofs.require(Verifier.verify(asked.head().header(), question, proof));
                    return found.version().map(Proofs::record);
                });
    }

    /**
     * A page of the keys that live in a span, in order, with nothing left out.
     *
     * @param limit how many at most; 0 means all, which a replica refuses where they are too many for one answer
     * @param revision 0 means the head's; go on with the first page's, from the successor of its last key
     */
    public Verified<Page> list(KeySpan span, int limit, long revision, Freshness freshness)
            throws NotVerifiedException {
        Question.Range question = new Question.Range(span, limit, revision, false);
        return calls.ask(
                freshness,
                StoreGrpc.getListMethod(),
                wanted -> ListRequest.newBuilder()
                        .setHead(wanted)
                        .setKey(Calls.raw(span.from()))
                        .setRangeEnd(Calls.rangeEnd(span))
                        .setLimit(limit)
                        .setRevision(revision)
                        .build(),
                ListResponse::getHead,
                asked -> {
                    Bytes proof = Calls.bytes(asked.response().getProof());
                    Answer.Page page =
                            Proofs.require(Verifier.verify(asked.head().header(), question, proof));
                    long at = revision == 0 ? asked.head().revision() : revision;
                    List<KeyValue> records =
                            page.versions().stream().map(Proofs::record).toList();
                    return new Page(records, page.more(), at);
                });
    }

    /**
     * Everything that changes in a span after a revision, in order, proven to be all of it.
     *
     * @param after 0 means what comes after the head that the watch begins with
     */
    public Watch watch(KeySpan span, long after) {
        return new Watch(calls, span, after, this::head);
    }

    /**
     * Has one operation executed and returns the receipt. It goes to one replica, once: if no receipt comes back, whether it
     * happened is unknown, and the exception says so. An identical operation that somebody else submits at the same time
     * has a receipt that looks the same; where that matters, let the operation differ, by its value for example.
     */
    public Verified<Receipt> submit(Operation operation) throws NotVerifiedException {
        Bytes operations = OperationCodec.encode(List.of(operation));
        return calls.tell(
                StoreGrpc.getSubmitMethod(),
                wanted -> SubmitRequest.newBuilder()
                        .setHead(wanted)
                        .setOperations(Calls.raw(operations))
                        .build(),
                SubmitResponse::getHead,
                asked -> receipt(asked, operations));
    }

    private Receipt receipt(Asked<SubmitResponse> asked, Bytes operations) throws RefusedException {
        SubmitResponse response = asked.response();
        Header header = Ancestors.header(asked.head(), response.hasBlock(), response.getBlock(), calls.verifier());
        if (!header.height().isAbove(asked.base().height())) {
            throw new RefusedException(new Refusal.Unproven("the receipt is of " + header.height()
                    + ", which was certified before the operation was submitted"));
        }
        RequestId id = new RequestId(new ClientId(response.getClient()), response.getSession(), response.getSequence());
        Digest digest = Hashing.sha256(Request.signedBytes(pin.chainId(), id, operations));
        Answer.Receipt answer = Proofs.require(
                Verifier.verify(header, new Question.Receipt(id, digest, false), Calls.bytes(response.getReceipt())));
        if (answer.outcome() instanceof RequestOutcome.Executed(var outcomes) && outcomes.size() == 1) {
            return new Receipt(header, id, outcomes.getFirst());
        }
        throw new RefusedException(
                new Refusal.Unproven("the cluster did not execute the operation: " + answer.outcome()));
    }

    /** A block with all its requests, who signed them and what they asked for. */
    public Verified<Block> block(Height height, Freshness freshness) throws NotVerifiedException {
        return calls.ask(
                freshness,
                ChainGrpc.getBlockMethod(),
                wanted -> BlockRequest.newBuilder()
                        .setHead(wanted)
                        .setHeight(height.value())
                        .build(),
                BlockResponse::getHead,
                asked -> block(asked, height));
    }

    private Block block(Asked<BlockResponse> asked, Height height) throws RefusedException {
        BlockResponse response = asked.response();
        Header header = Ancestors.header(asked.head(), response.hasBlock(), response.getBlock(), calls.verifier());
        if (!header.height().equals(height)) {
            throw new RefusedException(new Refusal.Unproven("the block is that of " + header.height()));
        }
        try {
            Block block = new Block(header, RecordCodec.requests(response.getRequestsList()));
            if (!calls.verifier().isSigned(block)) {
                throw new RefusedException(new Refusal.Unproven("the requests are not those of the header, as signed"));
            }
            return block;
        } catch (MalformedException e) {
            throw new RefusedException(new Refusal.Malformed("block", String.valueOf(e.getMessage())));
        }
    }

    /** Ends all connections. Watches end with an exception. */
    @Override
    public void close() {
        connections.close();
    }
}
