package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.JetcdView.bytes;
import static dev.cairn.chaos.conformance.JetcdView.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.etcdserverpb.PutResponse;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that knows all four replicas goes on when the one that it talks to stops. */
@Timeout(120)
class JetcdReconnectsTest {
    private static final int REPLICAS = 4;
    private static final int WRITES = 20;
    private static final long LEASE_SECONDS = 4;

    /** A client renews at a third of the lease's time: these take longer than the lease lasts by itself. */
    private static final int RENEWALS = 4;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aWatchMissesNothingAndALeaseLivesOn() throws Exception {
        Connections connections = new Connections();
        try (CairnInProcess cluster = new CairnInProcess(directory, REPLICAS);
                Client watching = all(cluster).interceptor(connections).build()) {
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            try (Watch.Watcher _ = watch(watching, told)) {
                assertThat(JetcdView.next(told)).isEqualTo("created");
                List<String> written = new ArrayList<>(write(cluster, 0, "before"));
                List<String> seen = new ArrayList<>(next(told, written.size()));
                int serving = connections.replicaOf("etcdserverpb.Watch/Watch", cluster);
                int other = (serving + 1) % REPLICAS;

                // The other client is held by the same replica as long as that lives.
                try (Client keeping = inOrder(cluster, serving).build()) {
                    long lease =
                            done(keeping.getLeaseClient().grant(LEASE_SECONDS)).getID();
                    done(keeping.getKVClient()
                            .put(
                                    bytes("kept"),
                                    bytes("1"),
                                    PutOption.builder().withLeaseId(lease).build()));
                    BlockingQueue<Long> renewals = new LinkedBlockingQueue<>();
                    CloseableClient alive = keeping.getLeaseClient()
                            .keepAlive(lease, Observers.observer(renewal -> renewals.add(renewal.getTTL())));
                    assertThat(JetcdView.next(renewals)).isEqualTo(LEASE_SECONDS);

                    cluster.stop(serving);
                    renewals.clear();
                    written.addAll(write(cluster, other, "after"));
                    seen.addAll(next(told, WRITES));
                    assertThat(seen).containsExactlyElementsOf(written);

                    for (int i = 0; i < RENEWALS; i++) {
                        assertThat(JetcdView.next(renewals)).isEqualTo(LEASE_SECONDS);
                    }
                    assertThat(done(keeping.getKVClient().get(bytes("kept"))).getCount())
                            .isEqualTo(1);
                    alive.close();
                }
                assertThat(told).isEmpty();
            }
        }
    }

    private static ClientBuilder all(CairnInProcess cluster) {
        return Client.builder()
                .endpoints(IntStream.range(0, REPLICAS)
                        .mapToObj(replica -> "http://" + cluster.address(replica))
                        .toArray(String[]::new));
    }

    private static ClientBuilder inOrder(CairnInProcess cluster, int first) {
        return Client.builder()
                .loadBalancerPolicy("pick_first")
                .endpoints(IntStream.range(0, REPLICAS)
                        .mapToObj(i -> "http://" + cluster.address((first + i) % REPLICAS))
                        .toArray(String[]::new));
    }

    /** What goes wrong meanwhile is jetcd's to mend. */
    private static Watch.Watcher watch(Client client, BlockingQueue<String> told) {
        WatchOption option =
                WatchOption.builder().isPrefix(true).withCreateNotify(true).build();
        List<String> created = new ArrayList<>();
        return client.getWatchClient().watch(bytes("w/"), option, response -> {
            if (response.isCreatedNotify() && created.isEmpty()) {
                created.add("created");
                told.add("created");
            }
            response.getEvents()
                    .forEach(event -> told.add(event.getKeyValue().getKey() + " at "
                            + event.getKeyValue().getModRevision()));
        });
    }

    private static List<String> next(BlockingQueue<String> told, int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(JetcdView.next(told));
        }
        return next;
    }

    /** What was written through one replica, as the watch tells it. */
    private static List<String> write(CairnInProcess cluster, int replica, String what) {
        List<String> written = new ArrayList<>();
        try (Endpoint endpoint = new Endpoint("replica " + replica, cluster.address(replica))) {
            for (int i = 0; i < WRITES; i++) {
                String key = "w/" + what + "/" + i;
                PutResponse response = (PutResponse)
                        endpoint.call(Words.put(key, "").build()).join().message();
                written.add(key + " at " + response.getHeader().getRevision());
            }
        }
        return written;
    }

    /** Which address answers the newest call of each method. */
    private static final class Connections implements ClientInterceptor {
        private final Map<String, SocketAddress> addresses = new ConcurrentHashMap<>();

        int replicaOf(String method, CairnInProcess cluster) {
            SocketAddress address = Optional.ofNullable(addresses.get(method)).orElseThrow();
            int port = ((InetSocketAddress) address).getPort();
            return IntStream.range(0, REPLICAS)
                    .filter(replica -> cluster.address(replica).endsWith(":" + port))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onHeaders(Metadata answered) {
                                    addresses.put(
                                            method.getFullMethodName(),
                                            getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
                                    super.onHeaders(answered);
                                }
                            },
                            headers);
                }
            };
        }
    }
}
