package dev.cairn.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;

final class ConnectionLimitTest {
    private final EmbeddedChannel listener = new EmbeddedChannel(new ConnectionLimit(5, 3));
    private int nextPort = 40_000;

    @Test
    void oneAddressGetsItsShareAndNoMore() {
        EmbeddedChannel first = accepted("10.0.0.1");
        accepted("10.0.0.1");
        accepted("10.0.0.1");
        refused("10.0.0.1");
        accepted("10.0.0.2");
        close(first);
        accepted("10.0.0.1");
        refused("10.0.0.1");
    }

    @Test
    void allTogetherGetTheTotalAndNoMore() {
        for (int host = 1; host <= 4; host++) {
            accepted("10.0.0." + host);
        }
        EmbeddedChannel last = accepted("10.0.0.5");
        refused("10.0.0.6");
        close(last);
        accepted("10.0.0.6");
    }

    private EmbeddedChannel accepted(String address) {
        EmbeddedChannel connection = connect(address);
        assertEquals(connection, listener.readInbound());
        assertTrue(connection.isOpen());
        return connection;
    }

    private void refused(String address) {
        EmbeddedChannel connection = connect(address);
        connection.runPendingTasks();
        assertNull(listener.readInbound());
        assertFalse(connection.isOpen());
    }

    private static void close(EmbeddedChannel connection) {
        connection.close().syncUninterruptibly();
    }

    private EmbeddedChannel connect(String address) {
        InetSocketAddress remote = new InetSocketAddress(address, nextPort++);
        EmbeddedChannel connection = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return remote;
            }
        };
        listener.writeInbound(connection);
        return connection;
    }
}
