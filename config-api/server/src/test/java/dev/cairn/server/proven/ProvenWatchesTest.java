package dev.cairn.server.proven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Proof;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Question;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.server.Background;
import dev.cairn.server.SoloChain;
import dev.cairn.server.SoloNode;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches at a replica that has only its genesis block: what each is told is made up. */
class ProvenWatchesTest {
    private static final KeySpan CALM = KeySpan.single(Bytes.utf8("calm"));
    private static final KeySpan POISON = KeySpan.single(Bytes.utf8("poison"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private KvStateMachine machine;

    @SuppressWarnings("NullAway.Init")
    private SoloNode node;

    @SuppressWarnings("NullAway.Init")
    private ProvenWatches watches;

    private final Background background = new Background("watching", 1, 1024);
    private final AtomicBoolean poisoned = new AtomicBoolean();
    private final AtomicBoolean changed = new AtomicBoolean();

    @BeforeEach
    void open() throws Exception {
        SoloChain chain = new SoloChain("watched");
        machine = KvStateMachine.open(directory, chain.document().genesis().chainId(), Governance.OPEN, Limits.DEFAULT);
        node = new SoloNode(machine, chain);
        CertifiedHeads heads = new CertifiedHeads();
        heads.resume(machine.committed(), chain);
        Testimonies none = new Testimonies(node, Runnable::run, System::nanoTime, 0);
        Answers answers =
                new Answers(heads, new HeadOffers(() -> chain), none, background, () -> Digest.ZERO, () -> 0, 0);
        watches = new ProvenWatches(answers, new MadeUp());
    }

    @AfterEach
    void close() {
        background.close();
        node.close();
        machine.close();
    }

    /** Something changes once; and what concerns one key cannot be read. */
    private final class MadeUp implements ProofSource {
        @Override
        public Proof prove(KvState state, Question.OfState question) {
            return new Proof.Made(Bytes.EMPTY);
        }

        @Override
        public Proof receipt(KvState state, Block block, int index) {
            throw new AssertionError("nobody submits");
        }

        @Override
        public long newestRevision(KvState state, Space space, KeySpan span) {
            if (span.equals(POISON) && poisoned.get()) {
                throw new IllegalStateException("planted");
            }
            return changed.getAndSet(false) ? Long.MAX_VALUE : 0;
        }
    }

    private Listener watch(KeySpan span, long after) throws Exception {
        Listener listener = new Listener();
        watches.open(WatchRequest.getDefaultInstance(), Space.CLIENTS, span, after, listener);
        return listener;
    }

    /** All that was offered to the one background thread has been done. */
    private void settle() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        assertThat(background.offer(done::countDown)).isTrue();
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anExceptionInOneWatchStopsNoOther() throws Exception {
        List<Listener> calm = new ArrayList<>();
        List<Listener> poison = new ArrayList<>();
        for (int i = 0; i < 16; i++) { // in whichever order they are looked at
            poison.add(watch(POISON, 1));
            calm.add(watch(CALM, 1));
        }
        settle();
        poisoned.set(true);
        for (Listener each : calm) {
            int told = told(calm);
            changed.set(true);
            watches.look();
            settle();
            assertThat(told(calm))
                    .as("messages to those without poison, with %s", each)
                    .isEqualTo(told + 1);
        }
        assertThat(poison).allMatch(each -> each.ended.equals(Optional.of(Status.Code.INTERNAL)));
        assertThat(calm).allMatch(each -> each.ended.isEmpty());
        assertThat(watches.count()).isEqualTo(calm.size());
    }

    private static int told(List<Listener> listeners) {
        return listeners.stream().mapToInt(each -> each.messages.get()).sum();
    }

    /** Whoever ends all watches does so while one of them is told something. */
    @Test
    void aWatchThatIsEndedIsToldOneThingAtATime() throws Exception {
        Listener listener = new Listener();
        Thread ending = new Thread(() -> watches.end(Status.UNAVAILABLE));
        listener.whenTold = () -> {
            ending.start();
            while (ending.getState() != Thread.State.BLOCKED && ending.isAlive()) {
                Thread.onSpinWait();
            }
        };
        watches.open(WatchRequest.getDefaultInstance(), Space.CLIENTS, CALM, 0, listener);
        settle();
        ending.join();
        assertThat(listener.overlapped).isFalse();
        assertThat(listener.messages).hasValue(1);
        assertThat(listener.ended).contains(Status.Code.UNAVAILABLE);
        watches.look();
        settle();
        assertThat(listener.messages).as("messages behind the end").hasValue(1);
    }

    private static final class Listener extends ServerCallStreamObserver<WatchResponse> {
        private final AtomicInteger messages = new AtomicInteger();
        private volatile Optional<Status.Code> ended = Optional.empty();
        private volatile boolean isTold;
        private volatile boolean overlapped;
        private @Nullable Runnable whenTold;

        @Override
        public void onNext(WatchResponse response) {
            isTold = true;
            Runnable meanwhile = whenTold;
            if (meanwhile != null) {
                meanwhile.run();
            }
            messages.incrementAndGet();
            isTold = false;
        }

        @Override
        public void onError(Throwable why) {
            overlapped |= isTold;
            ended = Optional.of(Status.fromThrowable(why).getCode());
        }

        @Override
        public void onCompleted() {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}
    }
}
