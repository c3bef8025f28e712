package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.GetResponse;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.StoreGrpc;
import io.grpc.stub.StreamObserver;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a proven get costs a replica beside a plain one: CPU of the threads that serve clients, with 100,000 keys of 24 and
 * values of 256 bytes, over loopback. Neither waits for other replicas: the plain one is serializable, and the caller of the
 * proven one knows the head.
 *
 * <pre>mvn -q -pl config-api/server -am test -Dtest=ServingFigures -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class ServingFigures {
    private static final int KEYS = 100_000;
    private static final int KEYS_PER_BLOCK = 100;
    private static final int GETS = 50_000;
    private static final int IN_FLIGHT = 64;
    private static final int TURNS = 7;
    private static final int WARM_UP_TURNS = 2;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Random random = new Random(1);

    @Test
    void print() throws Exception {
        try (ServedStore served = new ServedStore(directory.resolve("state"))) {
            fill(served);
            HeadWanted head = HeadWanted.newBuilder()
                    .setKnownHeight(served.chain.head().height().value())
                    .build();
            KVGrpc.KVStub plain = KVGrpc.newStub(served.channel);
            StoreGrpc.StoreStub proven = StoreGrpc.newStub(served.channel);
            double[] ratios = new double[TURNS];
            for (int turn = 0; turn < WARM_UP_TURNS + TURNS; turn++) {
                double plainMicros = this.<RangeResponse>microsPerGet(
                        (key, answer) -> plain.range(
                                RangeRequest.newBuilder()
                                        .setKey(key)
                                        .setSerializable(true)
                                        .build(),
                                answer),
                        response -> response.getKvsCount() == 1);
                double provenMicros = this.<GetResponse>microsPerGet(
                        (key, answer) -> proven.get(
                                GetRequest.newBuilder()
                                        .setHead(head)
                                        .setKey(key)
                                        .build(),
                                answer),
                        response -> response.getProof().size() > 256);
                if (turn >= WARM_UP_TURNS) {
                    ratios[turn - WARM_UP_TURNS] = provenMicros / plainMicros;
                    System.out.printf(
                            "CPU of a plain get %.1f µs, of a proven one %.1f µs: %.2f times%n",
                            plainMicros, provenMicros, provenMicros / plainMicros);
                }
            }
            Arrays.sort(ratios);
            System.out.printf("median of %d turns: %.2f times%n", TURNS, ratios[TURNS / 2]);
        }
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("/registry/key-%010d".formatted(number));
    }

    private static void fill(ServedStore served) {
        KVGrpc.KVBlockingStub store = KVGrpc.newBlockingStub(served.channel);
        ByteString value = ByteString.copyFrom(new byte[256]);
        for (int first = 0; first < KEYS; first += KEYS_PER_BLOCK) {
            TxnRequest.Builder txn = TxnRequest.newBuilder();
            for (int i = first; i < first + KEYS_PER_BLOCK; i++) {
                txn.addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key(i)).setValue(value)));
            }
            store.txn(txn.build());
        }
    }

    private <R> double microsPerGet(BiConsumer<ByteString, StreamObserver<R>> call, Predicate<R> isRight)
            throws InterruptedException {
        Semaphore free = new Semaphore(IN_FLIGHT);
        AtomicLong right = new AtomicLong();
        long before = servingNanos();
        for (int i = 0; i < GETS; i++) {
            free.acquire();
            call.accept(key(random.nextInt(KEYS)), new StreamObserver<>() {
                @Override
                public void onNext(R response) {
                    if (isRight.test(response)) {
                        right.incrementAndGet();
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    free.release();
                }

                @Override
                public void onCompleted() {
                    free.release();
                }
            });
        }
        free.acquire(IN_FLIGHT);
        assertThat(right.get()).isEqualTo(GETS);
        return (servingNanos() - before) / 1_000.0 / GETS;
    }

    /** Of the threads of the client side, so far. */
    private long servingNanos() {
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null
                    && (thread.getThreadName().startsWith("client-io")
                            || thread.getThreadName().startsWith("background"))) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }
}
