package dev.cairn.server;

import dev.cairn.server.auth.Tokens;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.net.PortTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a replica meets its clients.
 *
 * @param tls nothing for clear text
 * @param metricsListen where health and metrics are served in clear text besides
 * @param maxRequestBytes what one request of consensus may carry
 * @param maxClientBytes what one message of a client may be, as etcd's {@code --max-request-bytes}
 * @param maxFutureNanos how far a block's time may be ahead of an honest clock
 * @param version of this program, for people
 * @param snapshots where snapshots are written before they are sent
 * @param tokens gives out and takes in what shows who a user is
 * @param progressInterval how often an idle watch that asked for it is told that nothing happened
 */
record FrontendSettings(
        InetSocketAddress listen,
        Optional<PortTls> tls,
        Optional<InetSocketAddress> metricsListen,
        ClusterIdentity cluster,
        int maxRequestBytes,
        int maxClientBytes,
        long maxFutureNanos,
        String version,
        Path snapshots,
        Tokens tokens,
        Duration progressInterval) {
    static final Duration PROGRESS_INTERVAL = Duration.ofMinutes(10);
}
