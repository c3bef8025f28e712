package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseLeasesRequest;
import dev.cairn.proto.etcdserverpb.LeaseLeasesResponse;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A real etcd and Cairn, side by side: what one is asked the other is asked too. They are kept at the same revision, so
 * that answers are equal to the last number.
 */
final class Pair implements AutoCloseable {
    /** No client's key. */
    private static final String FENCE = "conformance/fence";

    private final Endpoint reference;
    private final Endpoint cairn;

    Pair(Endpoint reference, Endpoint cairn) {
        this.reference = reference;
        this.cairn = cairn;
    }

    Endpoint reference() {
        return reference;
    }

    Endpoint cairn() {
        return cairn;
    }

    /** Empties both stores, with nothing older than now to be read, and the same revision. */
    void reset() {
        long behind;
        do {
            clear();
            behind = reference.revision() - cairn.revision();
            for (long i = 0; i < Math.abs(behind); i++) {
                succeed(behind > 0 ? cairn : reference, Words.put(FENCE, "").build());
            }
        } while (behind != 0);
        both(endpoint -> endpoint.call(Words.compact(endpoint.revision()).build()));
    }

    private void clear() {
        for (Endpoint endpoint : List.of(reference, cairn)) {
            LeaseLeasesResponse leases = (LeaseLeasesResponse) endpoint.call(LeaseLeasesRequest.getDefaultInstance())
                    .join()
                    .message();
            leases.getLeasesList()
                    .forEach(lease -> succeed(
                            endpoint,
                            LeaseRevokeRequest.newBuilder().setID(lease.getID()).build()));
        }
        both(endpoint -> endpoint.call(Words.put(FENCE, "").build()));
        both(endpoint -> endpoint.call(Words.delete("\0", "\0").build()));
    }

    private static void succeed(Endpoint endpoint, Message request) {
        endpoint.call(request).join().message();
    }

    private List<Answer> both(Function<Endpoint, CompletableFuture<Answer>> call) {
        CompletableFuture<Answer> first = call.apply(reference);
        CompletableFuture<Answer> second = call.apply(cairn);
        return List.of(first.join(), second.join());
    }

    /** Does the steps on both, one after the other, up to the first difference. The stores must be equal. */
    Optional<Difference> compare(List<? extends Step> steps) throws InterruptedException {
        return compare(steps, new ArrayList<>());
    }

    /** The same; adds what Cairn sent on streams of watches to {@code sent}. */
    Optional<Difference> compare(List<? extends Step> steps, List<WatchResponse> sent) throws InterruptedException {
        try (Run run = new Run()) {
            for (Step step : steps) {
                Optional<Difference> difference = run.take(step);
                if (difference.isPresent()) {
                    return difference;
                }
            }
            Optional<Difference> difference = run.compareWatches();
            run.streams.values().forEach(stream -> sent.addAll(stream.sentByCairn()));
            return difference;
        }
    }

    /** What both answer to one request; throws if that is not the same. */
    Answer agree(Message request) {
        List<Answer> answers = both(endpoint -> endpoint.call(request));
        assertThat(answers.getLast())
                .as(Texts.of(request))
                .hasToString(answers.getFirst().toString());
        assertThat(answers.getLast()).isEqualTo(answers.getFirst());
        return answers.getLast();
    }

    Answer agree(Message.Builder request) {
        return agree(request.build());
    }

    /** One sequence, and the watches that live as long. */
    private final class Run implements AutoCloseable {
        private final long start = reference.revision();
        private final Map<Integer, WatchPair> streams = new TreeMap<>();
        private long now = start;

        /** One for each, which it gave out; empty for none. */
        private List<String> tokens = List.of("", "");

        Optional<Difference> take(Step step) throws InterruptedException {
            return switch (step) {
                case Step.Call(Message request) -> {
                    Message resolved = Moment.resolve(request, start, now);
                    yield compare(resolved, asked((endpoint, token) -> endpoint.call(resolved, token)));
                }
                case Step.StreamedRange(RangeRequest request) -> {
                    RangeRequest resolved = (RangeRequest) Moment.resolve(request, start, now);
                    yield compare(resolved, asked((endpoint, token) -> endpoint.streamedRange(resolved, token)));
                }
                case Step.KeepAlive(LeaseKeepAliveRequest request) ->
                    compare(request, asked((endpoint, token) -> endpoint.keepAlive(request, token)));
                case Step.SignIn(AuthenticateRequest request) -> signIn(request);
                case Step.SignOut() -> {
                    tokens = List.of("", "");
                    yield Optional.empty();
                }
                case Step.Watch(int stream, WatchCreateRequest request) ->
                    stream(stream).create((WatchCreateRequest) Moment.resolve(request, start, now), now);
                case Step.CancelWatch(int stream, long id) -> {
                    stream(stream).cancel(id, now);
                    yield Optional.empty();
                }
            };
        }

        private List<Answer> asked(BiFunction<Endpoint, String, CompletableFuture<Answer>> call) {
            CompletableFuture<Answer> first = call.apply(reference, tokens.getFirst());
            CompletableFuture<Answer> second = call.apply(cairn, tokens.getLast());
            return List.of(first.join(), second.join());
        }

        private Optional<Difference> signIn(AuthenticateRequest request) {
            List<Answer> answers = both(endpoint -> endpoint.call(request));
            if (answers.stream().allMatch(answer -> answer.code() == Status.Code.OK)) {
                tokens = answers.stream()
                        .map(answer -> ((AuthenticateResponse) answer.message()).getToken())
                        .toList();
            }
            return compare(request, answers.stream().map(Answer::withoutToken).toList());
        }

        private WatchPair stream(int number) {
            return streams.computeIfAbsent(
                    number, unopened -> new WatchPair(new WatchClient(reference), new WatchClient(cairn)));
        }

        private Optional<Difference> compare(Message request, List<Answer> answers) {
            Answer wanted = answers.getFirst();
            // What fails changes nothing, and every other answer to a write tells its revision.
            now = Math.max(now, wanted.revision());
            Answer got = answers.getLast();
            return wanted.equals(got)
                    ? Optional.empty()
                    : Optional.of(new Difference(Texts.of(request), wanted.toString(), got.toString()));
        }

        /** Once all is delivered. */
        Optional<Difference> compareWatches() throws InterruptedException {
            long last = streams.values().stream()
                    .mapToLong(WatchPair::newestStart)
                    .max()
                    .orElse(0);
            while (!streams.isEmpty() && now < last) {
                both(endpoint -> endpoint.call(Words.put(FENCE, "").build()));
                now++;
            }
            for (WatchPair stream : streams.values()) {
                Optional<Difference> difference = stream.compare(now);
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }

        @Override
        public void close() {
            streams.values().forEach(WatchPair::close);
        }
    }

    /** The same stream of watches at both. */
    private static final class WatchPair implements AutoCloseable {
        private final List<WatchClient> clients;
        private final Set<Long> live = new TreeSet<>();
        private long newestStart;

        WatchPair(WatchClient reference, WatchClient cairn) {
            clients = List.of(reference, cairn);
        }

        /** Beyond every revision for which a watch waits. */
        long newestStart() {
            return newestStart;
        }

        Optional<Difference> create(WatchCreateRequest request, long now) throws InterruptedException {
            newestStart = Math.max(newestStart, request.getStartRevision());
            List<WatchResponse> created = new ArrayList<>();
            for (WatchClient client : clients) {
                int from = client.count();
                client.send(WatchRequest.newBuilder().setCreateRequest(request));
                created.add((WatchResponse) Likeness.of(client.await(from, WatchResponse::getCreated)));
            }
            if (!created.getFirst().equals(created.getLast())) {
                return Optional.of(
                        new Difference(Texts.of(request), Texts.of(created.getFirst()), Texts.of(created.getLast())));
            }
            if (!created.getFirst().getCanceled()) {
                live.add(created.getFirst().getWatchId());
            }
            settle(now);
            return Optional.empty();
        }

        /** Lets history be delivered, so that what follows finds both servers in the same state. */
        private void settle(long now) throws InterruptedException {
            if (newestStart <= now) {
                for (WatchClient client : clients) {
                    client.settle(now, live);
                }
                live.removeAll(clients.getFirst().compacted());
            }
        }

        List<WatchResponse> sentByCairn() {
            return clients.getLast().responses();
        }

        void cancel(long id, long now) throws InterruptedException {
            settle(now);
            boolean isLive = live.remove(id);
            for (WatchClient client : clients) {
                int from = client.count();
                client.cancel(id);
                if (isLive) {
                    var _ = client.await(from, response -> response.getCanceled() && response.getWatchId() == id);
                }
            }
        }

        Optional<Difference> compare(long now) throws InterruptedException {
            settle(now);
            String difference = WatchRecord.of(clients.getFirst().responses())
                    .differenceFrom(WatchRecord.of(clients.getLast().responses()));
            return difference.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Difference("watches", difference, "(the second)"));
        }

        @Override
        public void close() {
            clients.forEach(WatchClient::close);
        }
    }

    @Override
    public void close() {
        reference.close();
        cairn.close();
    }
}
