package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica has a write done, and then says in the transport's own words that it never saw it. */
class GoAwayTest {
    private static final Bytes FLAG = Bytes.utf8("flag");

    /** Nine bytes of a frame's head and its payload: no stream was looked at, no error. */
    private static final byte[] GO_AWAY = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void aWriteIsNotSentTwiceBecauseItsReplicaDeniesItOnTheWire() throws Exception {
        try (ServedStore served = new ServedStore(directory.resolve("state"));
                Denier denier = new Denier(served)) {
            ClientSettings settings = ClientSettings.of(Pin.of(served.chain.document()))
                    .withEndpoints(
                            List.of(new HostPort("127.0.0.1", denier.port()), new HostPort("127.0.0.1", served.port())))
                    .withTimeout(Duration.ofSeconds(20));
            try (CairnClient client = CairnClient.connect(settings)) {
                client.head(Freshness.LINEARIZABLE); // from now on the denier is believed
                denier.deny();
                try {
                    client.submit(new Operation.Put(FLAG, Bytes.utf8("on"), 0, false, false, false));
                } catch (NotVerifiedException e) {
                    assertThat(e.attempts()).hasSize(1);
                }
            }
            try (CairnClient reader = VerifyingClients.of(served.chain, served.channel)) {
                Optional<KeyValue> found =
                        reader.get(FLAG, Freshness.LINEARIZABLE).value();
                assertThat(found.map(KeyValue::version))
                        .as("how often it was written")
                        .hasValue(1L);
            }
        }
    }

    /** Passes all bytes on, until it is told to deny: then only those to the replica. */
    private static final class Denier implements AutoCloseable {
        private final ServedStore served;
        private final ServerSocket listening;
        private final Socket replica;
        private volatile boolean denies;

        Denier(ServedStore served) throws IOException {
            this.served = served;
            this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            this.replica = new Socket(InetAddress.getLoopbackAddress(), served.port());
            Thread.ofVirtual().start(this::serve);
        }

        int port() {
            return listening.getLocalPort();
        }

        void deny() {
            denies = true;
        }

        private void serve() {
            try (Socket client = listening.accept()) {
                Thread.ofVirtual().start(() -> answer(client));
                pass(client.getInputStream(), replica, false);
            } catch (IOException _) {
                // the connection has ended, as it was to
            }
        }

        private void answer(Socket client) {
            try {
                pass(replica.getInputStream(), client, true);
            } catch (IOException _) {
                // the connection has ended, as it was to
            }
        }

        private void pass(InputStream from, Socket to, boolean isAnswer) throws IOException {
            byte[] buffer = new byte[1 << 16];
            for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                boolean isWritten = served.chain.head().height().value() >= 2; // the session, and the write
                if (!isAnswer || !denies || !isWritten) {
                    to.getOutputStream().write(buffer, 0, length);
                    continue;
                }
                listening.close();
                to.getOutputStream().write(GO_AWAY);
                to.shutdownOutput();
                return;
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
            replica.close();
        }
    }
}
