package dev.cairn.cli.bench;

import dev.cairn.client.Login;
import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/2 connection for each channel, dealt to the endpoints in turn. Callbacks run on the transport's threads.
 *
 * @param opened those that were connected when they were opened
 * @param reachable the ways to call over them, as the user if there is one
 * @param unreachable the endpoints of the others; their channels are shut down
 */
record Connections(List<ManagedChannel> opened, List<Channel> reachable, List<Endpoint> unreachable)
        implements AutoCloseable {
    private static final int MAX_ANSWER_BYTES = 64 << 20;
    private static final long CLOSE_SECONDS = 5;

    Connections {
        opened = List.copyOf(opened);
        reachable = List.copyOf(reachable);
        unreachable = List.copyOf(unreachable);
    }

    /** Opens channels and waits until each has connected or failed to, or the time is up. */
    static Connections open(
            List<Endpoint> endpoints, int count, Credentials credentials, Optional<Login> login, long timeoutNanos)
            throws InterruptedException {
        long giveUpNanos = System.nanoTime() + timeoutNanos;
        List<Dialled> dialled = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            Endpoint endpoint = endpoints.get(number % endpoints.size());
            dialled.add(Dialled.dial(endpoint, endpoint.tls() ? credentials.tls() : credentials.plain()));
        }
        List<ManagedChannel> opened = new ArrayList<>();
        List<Channel> reachable = new ArrayList<>();
        List<Endpoint> unreachable = new ArrayList<>();
        for (Dialled one : dialled) {
            if (one.isReadyBy(giveUpNanos)) {
                opened.add(one.channel());
                reachable.add(one.as(login));
            } else {
                one.channel().shutdownNow();
                unreachable.add(one.endpoint());
            }
        }
        return new Connections(opened, reachable, unreachable);
    }

    @Override
    public void close() {
        opened.forEach(ManagedChannel::shutdownNow);
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            for (ManagedChannel channel : opened) {
                channel.awaitTermination(giveUpNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a client shows and trusts, by kind of endpoint. */
    record Credentials(ChannelCredentials plain, ChannelCredentials tls) {}

    private record Dialled(Endpoint endpoint, ManagedChannel channel, CountDownLatch settled) {
        static Dialled dial(Endpoint endpoint, ChannelCredentials credentials) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port(), credentials)
                    .directExecutor()
                    .maxInboundMessageSize(MAX_ANSWER_BYTES)
                    .build();
            Dialled dialled = new Dialled(endpoint, channel, new CountDownLatch(1));
            dialled.watch();
            return dialled;
        }

        Channel as(Optional<Login> login) {
            HostPort address = new HostPort(endpoint.host(), endpoint.port());
            return login.isPresent() ? login.get().over(address, channel) : channel;
        }

        private void watch() {
            ConnectivityState state = channel.getState(true);
            switch (state) {
                case READY, TRANSIENT_FAILURE, SHUTDOWN -> settled.countDown();
                case IDLE, CONNECTING -> channel.notifyWhenStateChanged(state, this::watch);
            }
        }

        boolean isReadyBy(long giveUpNanos) throws InterruptedException {
            return settled.await(giveUpNanos - System.nanoTime(), TimeUnit.NANOSECONDS)
                    && channel.getState(false) == ConnectivityState.READY;
        }
    }
}
