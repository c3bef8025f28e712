package dev.cairn.chaos.real;

import dev.cairn.chaos.history.Entry;
import dev.cairn.chaos.history.Operation;
import dev.cairn.chaos.history.Outcome;
import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One client of one endpoint: one call after the other, each written down with what came of it. It never repeats a
 * write. After a failure it reads until that works, so that a dead endpoint costs few unknown writes.
 */
final class RecordingClient implements AutoCloseable {
    private static final int GROUPS = 8;
    private static final String KEYS = "abc";
    private static final long PATIENCE_MILLIS = 8_000;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final Recorder recorder;
    private final SplittableRandom random;
    private final ManagedChannel channel;
    private final KVGrpc.KVBlockingStub kv;
    private final Thread thread;
    private final Map<String, String> lastSeen = new HashMap<>();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean stopping;

    RecordingClient(String name, HostPort endpoint, long seed, Recorder recorder) {
        this.recorder = recorder;
        this.random = new SplittableRandom(seed);
        this.channel = NettyChannelBuilder.forAddress(endpoint.toSocketAddress())
                .usePlaintext()
                .disableRetry()
                .build();
        this.kv = KVGrpc.newBlockingStub(channel);
        this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    private void run() {
        boolean works = true;
        while (!stopping) {
            int id = recorder.nextId();
            works = call(id, works ? draw(id) : new Operation.Get(key(random.nextInt(GROUPS))));
            LockSupport.parkNanos(works ? random.nextLong(PAUSE_NANOS) : PAUSE_NANOS);
        }
    }

    private boolean call(int id, Operation operation) {
        long invoked = System.nanoTime();
        try {
            Outcome.Answered outcome =
                    EtcdCalls.call(kv.withDeadlineAfter(PATIENCE_MILLIS, TimeUnit.MILLISECONDS), operation);
            recorder.called(id, invoked, operation, outcome);
            remember(outcome.answer());
            answered.incrementAndGet();
            return true;
        } catch (StatusRuntimeException e) {
            recorder.called(id, invoked, operation, new Outcome.Unknown());
            channel.resetConnectBackoff();
            return false;
        }
    }

    private void remember(Outcome.Answer answer) {
        if (answer instanceof Outcome.Found found) {
            for (Map.Entry<String, Entry> one : found.entries().entrySet()) {
                lastSeen.put(one.getKey(), one.getValue().value());
            }
        }
    }

    private Operation draw(int id) {
        int group = random.nextInt(GROUPS);
        String key = key(group);
        String value = "value-" + id;
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> new Operation.Put(key, value);
            case 3, 4, 5 -> new Operation.Get(key);
            case 6 -> new Operation.Range("g" + group + "/");
            case 7 -> new Operation.Delete(key);
            default -> {
                TreeMap<String, String> puts = new TreeMap<>(Map.of(key, value));
                puts.put(key(group), value + "-other");
                yield new Operation.Txn(
                        List.of(new Operation.Guard(key, Optional.ofNullable(lastSeen.get(key)))), puts);
            }
        };
    }

    private String key(int group) {
        return "g" + group + "/" + KEYS.charAt(random.nextInt(KEYS.length()));
    }

    /** Calls that were answered. */
    int answered() {
        return answered.get();
    }

    /** Lets the call under way end. */
    void stop() throws InterruptedException {
        stopping = true;
        thread.join(PATIENCE_MILLIS + 2_000);
    }

    @Override
    public void close() {
        stopping = true;
        channel.shutdownNow();
    }
}
