package dev.cairn.server;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Connections;
import dev.cairn.client.HeadStore;
import dev.cairn.client.Pin;
import dev.cairn.genesis.HostPort;
import io.grpc.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Clients of a served store that go through channels of the test's own. */
final class VerifyingClients {
    private VerifyingClients() {}

    static CairnClient of(SoloChain chain, Channel... channels) throws IOException {
        return of(chain, HeadStore.inMemory(), channels);
    }

    /** The replica behind the i-th channel has the i-th address of {@link #addresses}. */
    static CairnClient of(SoloChain chain, HeadStore heads, Channel... channels) throws IOException {
        return CairnClient.connect(settings(chain, channels).withHeads(heads));
    }

    static ClientSettings settings(SoloChain chain, Channel... channels) {
        List<HostPort> addresses = addresses(channels.length);
        return ClientSettings.of(Pin.of(chain.document()))
                .withEndpoints(addresses)
                .withTimeout(Duration.ofSeconds(20))
                .withConnections(() -> new Connections() {
                    @Override
                    public Channel to(HostPort address) {
                        return channels[addresses.indexOf(address)];
                    }

                    @Override
                    public void close() {}
                });
    }

    static List<HostPort> addresses(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(port -> new HostPort("127.0.0.1", port))
                .toList();
    }
}
