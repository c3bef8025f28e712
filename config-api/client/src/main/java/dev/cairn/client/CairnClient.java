package dev.cairn.client;

import dev.cairn.client.Calls.Asked;
import dev.cairn.codec.MalformedException;
import dev.cairn.codec.RecordCodec;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.proto.v1.BlockRequest;
import dev.cairn.proto.v1.BlockResponse;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.EvidenceRecord;
import dev.cairn.proto.v1.EvidenceRequest;
import dev.cairn.proto.v1.EvidenceResponse;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.GetResponse;
import dev.cairn.proto.v1.HeadRequest;
import dev.cairn.proto.v1.HeadResponse;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.HeadersRequest;
import dev.cairn.proto.v1.HeadersResponse;
import dev.cairn.proto.v1.ListRequest;
import dev.cairn.proto.v1.ListResponse;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.SubmitResponse;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    /** Of a proof for fewer keys than were asked for. A replica fills a message with them, which takes 4 MiB. */
    private static final int LEAST_CUT_BYTES = 64 << 10;

    private final Pin pin;
    private final LightClient light;
    private final Connections connections;
    private final Optional<Login> login;
    private final Calls calls;

    private CairnClient(Pin pin, LightClient light, Connections connections, Optional<Login> login, Calls calls) {
        this.pin = pin;
        this.light = light;
        this.connections = connections;
        this.login = login;
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
        Replicas replicas = new Replicas(settings.endpoints(), connections, settings.login());
        return new CairnClient(
                settings.pin(),
                light,
                connections,
                settings.login(),
                new Calls(light, replicas, settings.timeout(), settings.clock(), settings.nonces()));
    }

    /** The chain that everything is verified against. */
    public Pin pin() {
        return pin;
    }

    /** The replica that would be asked first. */
    public Unproven unproven() {
        Replicas replicas = calls.replicas();
        HostPort first = replicas.inOrder().getFirst();
        return new Unproven(replicas.channel(first), () -> replicas.demote(first));
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

    /** A record of the ledger, or that there is none; {@code revision} 0 means the head's. */
    public Verified<Optional<KeyValue>> getRecord(Bytes key, long revision, Freshness freshness)
            throws NotVerifiedException {
        return get(new Question.Get(Space.LEDGER, key, revision), freshness);
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
                wanted -> request(wanted, question),
                GetResponse::getHead,
                asked -> {
                    Bytes proof = Calls.bytes(asked.response().getProof());
                    Answer.Found found =
                            Proofs.require(Verifier.verify(asked.head().header(), question, proof));
                    return found.version().map(Proofs::record);
                });
    }

    /**
     * The keys that live in a span, in order, with nothing left out. Where they do not fit into one answer they are asked
     * for in several, all of the first one's revision and each within the timeout; of the first are head and replica. All
     * are held in memory.
     *
     * @param limit how many at most; 0 means all
     * @param revision 0 means the head's; to go on behind a page give the page's, and the successor of its last key
     */
    public Verified<Page> list(KeySpan span, int limit, long revision, Freshness freshness)
            throws NotVerifiedException {
        return list(Space.CLIENTS, span, limit, Long.MAX_VALUE, revision, freshness);
    }

    /**
     * As {@link #list}, and no further answer is asked for once the keys and values make {@code maxBytes}: there are more then.
     * What is held is one answer, some 4 MiB, above that at most.
     */
    public Verified<Page> listUpTo(KeySpan span, int limit, long maxBytes, long revision, Freshness freshness)
            throws NotVerifiedException {
        return list(Space.CLIENTS, span, limit, maxBytes, revision, freshness);
    }

    /** As {@link #list}, of the records of the ledger. */
    public Verified<Page> listRecords(KeySpan span, int limit, long revision, Freshness freshness)
            throws NotVerifiedException {
        return list(Space.LEDGER, span, limit, Long.MAX_VALUE, revision, freshness);
    }

    private Verified<Page> list(Space space, KeySpan span, int limit, long maxBytes, long revision, Freshness freshness)
            throws NotVerifiedException {
        SmallCuts smallCuts = new SmallCuts();
        Verified<Page> first = page(new Question.Range(space, span, limit, revision, false), freshness, smallCuts);
        List<KeyValue> records = new ArrayList<>(first.value().records());
        List<Attempt> refused = new ArrayList<>(first.refused());
        long at = first.value().revision();
        boolean more = first.value().more();
        long bytes = bytesOf(records);
        while (more && (limit == 0 || records.size() < limit) && bytes < maxBytes) {
            KeySpan rest = new KeySpan(KeySpan.successor(records.getLast().key()), span.until());
            // What was true at a revision stays true, so a newer head adds nothing.
            int left = limit == 0 ? 0 : limit - records.size();
            Verified<Page> next = page(new Question.Range(space, rest, left, at, false), Freshness.ANY, smallCuts);
            records.addAll(next.value().records());
            bytes += bytesOf(next.value().records());
            refused.addAll(next.refused());
            more = next.value().more();
        }
        return new Verified<>(
                new Page(records, more, at, first.value().count()), first.head(), first.replica(), refused);
    }

    private static long bytesOf(List<KeyValue> records) {
        return records.stream()
                .mapToLong(record -> record.key().size() + record.value().size())
                .sum();
    }

    /**
     * The keys that lived in a span at a revision, in order and none left out, without their values. Takes as many answers as
     * {@link #list}, each of which holds many more keys.
     *
     * @param limit how many at most; 0 means all
     * @param revision not 0
     */
    public Verified<List<KeyStamp>> listKeys(KeySpan span, int limit, long revision, Freshness freshness)
            throws NotVerifiedException {
        SmallCuts smallCuts = new SmallCuts();
        Verified<Answer.Page> first =
                versions(new Question.Range(Space.CLIENTS, span, limit, revision, true), freshness, smallCuts);
        List<KeyStamp> stamps = new ArrayList<>(stamps(first));
        List<Attempt> refused = new ArrayList<>(first.refused());
        boolean more = first.value().more();
        while (more && (limit == 0 || stamps.size() < limit)) {
            KeySpan rest = new KeySpan(KeySpan.successor(stamps.getLast().key()), span.until());
            int left = limit == 0 ? 0 : limit - stamps.size();
            Verified<Answer.Page> next =
                    versions(new Question.Range(Space.CLIENTS, rest, left, revision, true), Freshness.ANY, smallCuts);
            stamps.addAll(stamps(next));
            refused.addAll(next.refused());
            more = next.value().more();
        }
        return new Verified<>(stamps, first.head(), first.replica(), refused);
    }

    private static List<KeyStamp> stamps(Verified<Answer.Page> page) {
        return page.value().versions().stream()
                .map(version -> new KeyStamp(version.key(), version.modRevision()))
                .toList();
    }

    /** As much of the beginning as fits into one answer. */
    private Verified<Page> page(Question.Range question, Freshness freshness, SmallCuts smallCuts)
            throws NotVerifiedException {
        Verified<Answer.Page> proven = versions(question, freshness, smallCuts);
        long at = question.revision() == 0 ? proven.head().revision() : question.revision();
        List<KeyValue> records =
                proven.value().versions().stream().map(Proofs::record).toList();
        return new Verified<>(
                new Page(records, proven.value().more(), at, proven.value().count()),
                proven.head(),
                proven.replica(),
                proven.refused());
    }

    private Verified<Answer.Page> versions(Question.Range question, Freshness freshness, SmallCuts smallCuts)
            throws NotVerifiedException {
        return calls.ask(
                freshness,
                StoreGrpc.getListMethod(),
                wanted -> request(wanted, question),
                ListResponse::getHead,
                asked -> {
                    Bytes proof = Calls.bytes(asked.response().getProof());
                    Question.Range answered = shortened(question, asked.response(), smallCuts);
                    return Proofs.require(Verifier.verify(asked.head().header(), answered, proof));
                });
    }

    /**
     * An honest replica cuts a list where its keys are large, or small before large ones; a liar could draw one out key by
     * key. So cuts of small pages are few, and each large page allows more of them.
     */
    private static final class SmallCuts {
        private static final int AT_ONCE = 4;
        private static final int FOR_A_LARGE_PAGE = 2;

        private int left = AT_ONCE;

        boolean allow(int pageBytes) {
            if (pageBytes >= LEAST_CUT_BYTES) {
                left = Math.min(AT_ONCE, left + FOR_A_LARGE_PAGE);
                return true;
            }
            left--;
            return left >= 0;
        }
    }

    /** The question for as many keys as the replica answered it: no more than were asked for. */
    private static Question.Range shortened(Question.Range question, ListResponse response, SmallCuts smallCuts)
            throws RefusedException {
        long limit = Integer.toUnsignedLong(response.getLimit());
        boolean isFewer = limit > 0 && (question.limit() == 0 || limit < question.limit());
        if (limit != question.limit()
                && !(isFewer && smallCuts.allow(response.getProof().size()))) {
            throw new RefusedException(
                    new Refusal.Unproven("the list is cut to " + limit + " keys, of which the proof has "
                            + response.getProof().size() + " bytes; " + question.limit() + " were asked for"));
        }
        return question.withLimit(limit);
    }

    /**
     * An answer to keep, with all that proves it; verified as every answer is.
     *
     * @param question for at most 2^31 - 1 keys; where they do not fit into one answer the proof is of their beginning, and
     *     its question has a limit
     */
    public Verified<SavedProof> prove(Question.OfKeys question, Freshness freshness) throws NotVerifiedException {
        return switch (question) {
            case Question.Get get ->
                calls.ask(
                        freshness,
                        StoreGrpc.getGetMethod(),
                        wanted -> request(wanted, get),
                        GetResponse::getHead,
                        asked -> SavedProof.of(
                                asked.head(), get, Calls.bytes(asked.response().getProof())));
            case Question.Range range ->
                calls.ask(
                        freshness,
                        StoreGrpc.getListMethod(),
                        wanted -> request(wanted, range),
                        ListResponse::getHead,
                        asked -> SavedProof.of(
                                asked.head(),
                                shortened(range, asked.response(), new SmallCuts()),
                                Calls.bytes(asked.response().getProof())));
        };
    }

    private static GetRequest request(HeadWanted wanted, Question.Get question) {
        return GetRequest.newBuilder()
                .setHead(wanted)
                .setKey(Calls.raw(question.key()))
                .setRevision(question.revision())
                .setSpace(Calls.space(question.space()))
                .build();
    }

    private static ListRequest request(HeadWanted wanted, Question.Range question) {
        return ListRequest.newBuilder()
                .setHead(wanted)
                .setKey(Calls.raw(question.span().from()))
                .setRangeEnd(Calls.rangeEnd(question.span()))
                .setLimit(Math.toIntExact(question.limit()))
                .setRevision(question.revision())
                .setKeysOnly(question.keysOnly())
                .setSpace(Calls.space(question.space()))
                .build();
    }

    /**
     * Everything that changes in a span after a revision, in order, proven to be all of it.
     *
     * @param after 0 means what comes after the head that the watch begins with
     */
    public Watch watch(KeySpan span, long after) {
        return new Watch(calls, Space.CLIENTS, span, after, this::head);
    }

    /** As {@link #watch}, of the records of the ledger. */
    public Watch watchRecords(KeySpan span, long after) {
        return new Watch(calls, Space.LEDGER, span, after, this::head);
    }

    /**
     * Has one operation executed and returns the receipt, which is this call's: the request carries a nonce of its own. It
     * goes to one replica, once. Where permissions are enabled and the settings name a user, it is that user's. If no receipt comes back whether it happened is unknown, whatever that replica says, and
     * nothing is sent to another.
     *
     * @throws NotVerifiedException whose last attempt says whether the operation may have been executed
     */
    public Verified<Receipt> submit(Operation operation) throws NotVerifiedException {
        Submission first = new Submission(calls, pin, login, operation);
        Verified<Receipt> receipt =
                calls.tell(StoreGrpc.getSubmitMethod(), first, SubmitResponse::getHead, first::receipt);
        if (!first.isOutdated(receipt.value().outcome())) {
            return receipt;
        }
        Submission again = new Submission(calls, pin, login, operation);
        return calls.tell(StoreGrpc.getSubmitMethod(), again, SubmitResponse::getHead, again::receipt);
    }

    /**
     * As {@link #submit}, of a write that is done once however often it is sent: where no receipt comes back it goes to the next
     * replica. One that was done before, by a replica that kept its receipt back, is answered without what it read.
     * One that is dated too far ahead of the cluster's time is refused, and may be done all the same once its time has come: send none.
     */
    public Verified<Receipt> submitSigned(Operation.SignedWrite write) throws NotVerifiedException {
        Submission submission = new Submission(calls, pin, login, write);
        return calls.tellAnyone(StoreGrpc.getSubmitMethod(), submission, SubmitResponse::getHead, submission::receipt);
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

    /**
     * A row of headers, each shown to be an ancestor of the head.
     *
     * @param from must lie below the head
     * @param limit how many at most; 0 leaves it to the replica. There may be fewer, but one for certain
     */
    public Verified<List<Header>> headers(Height from, int limit, Freshness freshness) throws NotVerifiedException {
        if (limit < 0) {
            throw new IllegalArgumentException("no row has " + limit + " headers");
        }
        return calls.ask(
                freshness,
                ChainGrpc.getHeadersMethod(),
                wanted -> HeadersRequest.newBuilder()
                        .setHead(wanted)
                        .setFromHeight(from.value())
                        .setLimit(limit)
                        .build(),
                HeadersResponse::getHead,
                asked -> {
                    HeadersResponse row = asked.response();
                    if (limit > 0 && row.getHeadersCount() > limit) {
                        throw new RefusedException(new Refusal.Unproven(
                                row.getHeadersCount() + " headers are given, and " + limit + " were asked for"));
                    }
                    return Ancestors.headers(asked.head(), from, row, calls.verifier());
                });
    }

    /**
     * Contradictions that a replica has signed, from all replicas that tell of any; each proves itself. That there is none
     * proves nothing.
     *
     * @throws NotVerifiedException if no replica answers, or none with what holds
     */
    public List<Evidence> evidence() throws NotVerifiedException {
        Set<Evidence> known = new LinkedHashSet<>();
        calls.askAll(ChainGrpc.getEvidenceMethod(), EvidenceRequest.getDefaultInstance(), this::evidence)
                .forEach(known::addAll);
        return List.copyOf(known);
    }

    private List<Evidence> evidence(EvidenceResponse response) throws RefusedException {
        List<Evidence> proven = new ArrayList<>();
        for (EvidenceRecord record : response.getEvidenceList()) {
            try {
                Evidence evidence = RecordCodec.evidence(record);
                if (!calls.verifier().isProof(evidence)) {
                    throw new RefusedException(new Refusal.Unproven("it accuses " + evidence.culprit() + " falsely"));
                }
                proven.add(evidence);
            } catch (MalformedException e) {
                throw new RefusedException(new Refusal.Malformed("evidence", String.valueOf(e.getMessage())));
            }
        }
        return proven;
    }

    /** Ends all connections. Watches end with an exception. */
    @Override
    public void close() {
        connections.close();
    }
}
