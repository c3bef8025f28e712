package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.client.Attempt;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NettyConnections;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Receipt;
import dev.cairn.client.Refusal;
import dev.cairn.client.Verified;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.v1.HeadResponse;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.SubmitRequest;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write is done once at most, and its receipt is its own. */
class SubmitTest {
    private static final Bytes FLAG = Bytes.utf8("flag");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private static Operation put(String value) {
        return new Operation.Put(FLAG, Bytes.utf8(value), 0, false, false, false);
    }

    private static NotVerifiedException refusalOf(CairnClient client, Operation operation) {
        NotVerifiedException refused = catchThrowableOfType(NotVerifiedException.class, () -> client.submit(operation));
        assertThat(refused).as("a write that was not proven").isNotNull();
        return refused;
    }

    /** How often the key was written. */
    private long writes() throws Exception {
        try (CairnClient reader = VerifyingClients.of(served.chain, served.channel)) {
            Optional<KeyValue> found = reader.get(FLAG, Freshness.LINEARIZABLE).value();
            return found.map(KeyValue::version).orElse(0L);
        }
    }

    @Test
    void theReceiptOfAnIdenticalWriteOfLongAgoIsRefused() throws Exception {
        List<Object> kept = new ArrayList<>();
        Channel recorded = Liar.saying(served.channel, message -> {
            kept.add(message);
            return message;
        });
        try (CairnClient first = VerifyingClients.of(served.chain, recorded)) {
            first.submit(put("on"));
        }
        try (CairnClient second = VerifyingClients.of(served.chain, served.channel)) {
            second.submit(put("off"));
        }
        // The liar submits nothing: it shows what it kept, to a client that knows only the genesis block.
        try (CairnClient fresh = VerifyingClients.of(served.chain, Liar.replaying(kept))) {
            assertThat(refusalOf(fresh, put("on")).attempts().getFirst().refusal())
                    .isInstanceOf(Refusal.Unproven.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "CANCELLED"},
            mode = EnumSource.Mode.EXCLUDE)
    void whoeverWritesAndDeniesItIsTheLastToBeAsked(Status.Code code) throws Exception {
        Channel liar = Liar.denying(served.channel, StoreGrpc.getSubmitMethod(), code.toStatus());
        try (CairnClient client = VerifyingClients.of(served.chain, liar, served.channel)) {
            List<Attempt> attempts = refusalOf(client, put("on")).attempts();
            assertThat(attempts).hasSize(1);
            assertThat(attempts.getFirst().refusal())
                    .isInstanceOfSatisfying(
                            Refusal.NoAnswer.class,
                            refusal -> assertThat(refusal.mayHaveActed()).isTrue());
        }
        Awaiting.until(
                "the write is committed", () -> served.chain.head().height().value() >= 2);
        assertThat(writes()).isEqualTo(1);
    }

    @Test
    void whoeverProvesNothingIsSentNoWrite() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        Channel counting = Liar.askingFor(served.channel, question -> {
            if (question instanceof SubmitRequest) {
                writes.incrementAndGet();
            }
            return question;
        });
        Channel liar = Liar.saying(
                counting,
                message -> message instanceof HeadResponse head
                        ? head.toBuilder()
                                .setHead(head.getHead().toBuilder().clearCertificate())
                                .build()
                        : message);
        Channel behind = Liar.failing(Status.UNAVAILABLE);
        try (CairnClient client = VerifyingClients.of(served.chain, liar, behind, served.channel)) {
            Verified<Receipt> written = client.submit(put("on"));
            assertThat(written.replica())
                    .isEqualTo(VerifyingClients.addresses(3).getLast());
            assertThat(written.refused()).hasSize(2);
        }
        assertThat(writes).hasValue(0);
        assertThat(writes()).isEqualTo(1);
    }

    @Test
    void aReplicaThatHasGoneIsPassedOver() throws Exception {
        AtomicReference<Channel> now = new AtomicReference<>(served.channel);
        try (CairnClient client = VerifyingClients.of(served.chain, new SwitchedChannel(now), served.channel)) {
            client.submit(put("on"));
            now.set(Liar.failing(Status.UNAVAILABLE.withCause(new ConnectException("refused"))));
            Verified<Receipt> written = client.submit(put("off"));
            assertThat(written.replica())
                    .isEqualTo(VerifyingClients.addresses(2).getLast());
        }
        assertThat(writes()).isEqualTo(2);
    }

    /** What the transport says where nobody listens is what {@link #aReplicaThatHasGoneIsPassedOver} takes it to say. */
    @Test
    void nobodyListensSoTheConnectionIsRefused() throws Exception {
        HostPort nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new HostPort("127.0.0.1", free.getLocalPort());
        }
        try (NettyConnections connections = new NettyConnections()) {
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> StoreGrpc.newBlockingStub(connections.to(nobody)).submit(SubmitRequest.getDefaultInstance()));
            assertThat(refused.getStatus().getCause()).isInstanceOf(ConnectException.class);
        }
    }
}
