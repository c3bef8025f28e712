package dev.cairn.cli;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One watch, carried from endpoint to endpoint so that no change is missed and none is seen twice. */
final class Watching {
    /** Takes what arrives; answers whether to go on. */
    interface Sink {
        boolean accept(WatchResponse response) throws Failure;
    }

    /** What a stream may bring. */
    private sealed interface Arrival {
        record Response(WatchResponse value) implements Arrival {}

        record End(Status status) implements Arrival {}
    }

    private final Channels channels;
    private final List<HostPort> endpoints;
    private final Duration timeout;
    private final WatchCreateRequest request;
    private final String what;
    private long nextRevision;
    private final Map<HostPort, String> problems = new LinkedHashMap<>();

    Watching(Channels channels, List<HostPort> endpoints, Duration timeout, WatchCreateRequest request) {
        this.channels = channels;
        this.endpoints = List.copyOf(endpoints);
        this.timeout = timeout;
        this.request = request;
        this.what = "watch " + Permission.keys(request.getKey(), request.getRangeEnd());
        this.nextRevision = request.getStartRevision();
    }

    /** Feeds {@code sink} until it has enough. Fails when no endpoint has carried the watch for the timeout. */
    void run(Sink sink) throws Failure, InterruptedException {
        long lastServed = System.nanoTime();
        for (int turn = 0; ; turn++) {
            Outcome outcome = watch(endpoints.get(turn % endpoints.size()), sink);
            long now = System.nanoTime();
            switch (outcome) {
                case ENOUGH -> {
                    return;
                }
                case SERVED -> lastServed = now;
                case SILENT -> {
                    if (now - lastServed > timeout.toNanos() && turn + 1 >= endpoints.size()) {
                        throw new Failure.NoAnswer("no endpoint carries the watch: " + problems()
                                + "; is the cluster running (`cairn status`), and are --endpoints right?");
                    }
                    if (turn % endpoints.size() == endpoints.size() - 1) {
                        TimeUnit.MILLISECONDS.sleep(100);
                    }
                }
            }
        }
    }

    /** What each endpoint said last. */
    private String problems() {
        return problems.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                .collect(Collectors.joining(", "));
    }

    private enum Outcome {
        ENOUGH,
        SERVED,
        SILENT
    }

    private Outcome watch(HostPort endpoint, Sink sink) throws Failure, InterruptedException {
        BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> requests =
                WatchGrpc.newStub(channels.asUser(endpoint)).watch(into(arrivals));
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(request.toBuilder().setStartRevision(nextRevision))
                .build());
        Arrival first = arrivals.poll(timeout.toNanos() / endpoints.size(), TimeUnit.NANOSECONDS);
        if (first == null) {
            requests.onError(Status.CANCELLED.asRuntimeException());
            problems.put(endpoint, "no answer in time");
            return Outcome.SILENT;
        }
        boolean served = false;
        for (Arrival arrival = first; ; arrival = arrivals.take()) {
            switch (arrival) {
                case Arrival.End(Status status) -> {
                    if (!EtcdClient.isSilence(status) && !served) {
                        throw new Failure(endpoint + ": " + Permission.problem(status, channels.user(), what));
                    }
                    problems.put(endpoint, EtcdClient.describe(status));
                    return served ? Outcome.SERVED : Outcome.SILENT;
                }
                case Arrival.Response(WatchResponse response) -> {
                    served = true;
                    requireAlive(endpoint, response);
                    if (response.getEventsCount() > 0) {
                        nextRevision = response.getEvents(response.getEventsCount() - 1)
                                        .getKv()
                                        .getModRevision()
                                + 1;
                    } else if (nextRevision == 0) {
                        nextRevision = response.getHeader().getRevision() + 1;
                    }
                    if (!sink.accept(response)) {
                        requests.onCompleted();
                        return Outcome.ENOUGH;
                    }
                }
            }
        }
    }

    private void requireAlive(HostPort endpoint, WatchResponse response) throws Failure {
        if (!response.getCanceled()) {
            return;
        }
        if (response.getCompactRevision() != 0) {
            throw new Failure("the revisions before " + response.getCompactRevision()
                    + " have been compacted; watch with --rev " + response.getCompactRevision() + " or later");
        }
        throw new Failure(endpoint + ": "
                + Permission.problem(Permission.ofCancelledWatch(response.getCancelReason()), channels.user(), what));
    }

    private static StreamObserver<WatchResponse> into(BlockingQueue<Arrival> arrivals) {
        return new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse response) {
                arrivals.add(new Arrival.Response(response));
            }

            @Override
            public void onError(Throwable error) {
                arrivals.add(new Arrival.End(Status.fromThrowable(error)));
            }

            @Override
            public void onCompleted() {
                arrivals.add(new Arrival.End(Status.UNAVAILABLE.withDescription("the stream ended")));
            }
        };
    }
}
