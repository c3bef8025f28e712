package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantResponse;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What leases cost each replica: one that nobody keeps alive, which is a block with each second, and five thousand that their clients
 * keep alive every ten seconds, a quarter of them through each replica.
 *
 * <pre>mvn -q -pl chaos-tests -am test -Dtest=LeaseCostFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class LeaseCostFigures {
    private static final int LEASES_EACH = 1250;
    private static final int TOGETHER = 10;
    private static final long PERIOD_MILLIS = 10_000L * TOGETHER / LEASES_EACH;
    private static final Duration SETTLING = Duration.ofSeconds(15);
    private static final Duration MEASURED = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final AtomicLong renewed = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    @Test
    void print() throws Exception {
        List<ManagedChannel> channels = new ArrayList<>();
        try (RealCluster cluster = new RealCluster(directory);
                ScheduledExecutorService clients = Executors.newScheduledThreadPool(1)) {
            cluster.startAll();
            for (int i = 0; i < RealCluster.REPLICAS; i++) {
                HostPort at = cluster.endpoint(i);
                channels.add(NettyChannelBuilder.forAddress(at.host(), at.port())
                        .usePlaintext()
                        .build());
            }
            measure("without leases", cluster);
            grant(channels.getFirst(), Integer.MAX_VALUE, 3600).join();
            measure("one lease", cluster);
            for (int i = 0; i < RealCluster.REPLICAS; i++) {
                keepAlive(channels.get(i), i * LEASES_EACH, clients);
            }
            measure(RealCluster.REPLICAS * LEASES_EACH + " leases", cluster);
            assertThat(lost.get()).as("leases that ended").isZero();
            clients.shutdownNow();
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private static CompletableFuture<LeaseGrantResponse> grant(ManagedChannel channel, long id, long seconds) {
        CompletableFuture<LeaseGrantResponse> granted = new CompletableFuture<>();
        LeaseGrpc.newStub(channel)
                .leaseGrant(
                        LeaseGrantRequest.newBuilder().setID(id).setTTL(seconds).build(), new StreamObserver<>() {
                            @Override
                            public void onNext(LeaseGrantResponse response) {
                                granted.complete(response);
                            }

                            @Override
                            public void onError(Throwable failure) {
                                granted.completeExceptionally(failure);
                            }

                            @Override
                            public void onCompleted() {}
                        });
        return granted;
    }

    private void keepAlive(ManagedChannel channel, int before, ScheduledExecutorService clients) {
        IntStream.rangeClosed(1, LEASES_EACH)
                .mapToObj(i -> grant(channel, before + i, 60))
                .toList()
                .forEach(CompletableFuture::join);
        StreamObserver<LeaseKeepAliveRequest> stream = LeaseGrpc.newStub(channel)
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        (response.getTTL() > 0 ? renewed : lost).incrementAndGet();
                    }

                    @Override
                    public void onError(Throwable failure) {
                        lost.incrementAndGet();
                    }

                    @Override
                    public void onCompleted() {}
                });
        AtomicLong next = new AtomicLong();
        var _ = clients.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < TOGETHER; i++) {
                        long id = before + 1 + next.getAndIncrement() % LEASES_EACH;
                        stream.onNext(
                                LeaseKeepAliveRequest.newBuilder().setID(id).build());
                    }
                },
                0,
                PERIOD_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void measure(String what, RealCluster cluster) throws InterruptedException {
        Thread.sleep(SETTLING);
        long renewedBefore = renewed.get();
        List<Duration> before = cpu(cluster);
        Thread.sleep(MEASURED);
        List<Duration> after = cpu(cluster);
        double rate = (double) (renewed.get() - renewedBefore) / MEASURED.toSeconds();
        for (int i = 0; i < RealCluster.REPLICAS; i++) {
            double share = 100.0 * after.get(i).minus(before.get(i)).toMillis() / MEASURED.toMillis();
            System.out.printf(
                    Locale.ROOT,
                    "%s, %.0f renewals a second: replica %d takes %.1f %% of a core%n",
                    what,
                    rate,
                    i,
                    share);
        }
    }

    private static List<Duration> cpu(RealCluster cluster) {
        return IntStream.range(0, RealCluster.REPLICAS)
                .mapToObj(cluster::cpuTime)
                .toList();
    }
}
