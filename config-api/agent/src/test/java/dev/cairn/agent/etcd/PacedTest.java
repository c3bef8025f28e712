package dev.cairn.agent.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PacedTest {
    private final Client client = new Client();
    private final Replica replica = new Replica();
    private final Paced<String> paced = new Paced<>(client, client);

    /** Has room or not, as the test says. */
    private static final class Client extends ServerCallStreamObserver<String> {
        private final List<String> heard = new ArrayList<>();
        private boolean hasRoom = true;
        private Runnable whenReady = () -> {};

        void makeRoom() {
            hasRoom = true;
            whenReady.run();
        }

        @Override
        public boolean isReady() {
            return hasRoom;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            whenReady = handler;
        }

        @Override
        public void onNext(String response) {
            heard.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            heard.add("failed");
        }

        @Override
        public void onCompleted() {
            heard.add("end");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }

    /** Counts the answers that were asked for. */
    private static final class Replica extends ClientCallStreamObserver<Object> {
        private int asked;

        @Override
        public void disableAutoRequestWithInitial(int count) {
            asked = count;
        }

        @Override
        public void request(int count) {
            asked += count;
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void onNext(Object request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    @Test
    void anAnswerIsAskedForWhenTheOneBeforeHasGoneOn() {
        paced.beforeStart(replica);
        assertThat(replica.asked).isEqualTo(1);
        paced.onNext("a");
        paced.onNext("b");
        assertThat(replica.asked).isEqualTo(3);
        paced.onCompleted();
        assertThat(client.heard).containsExactly("a", "b", "end");
    }

    @Test
    void whoDoesNotReadHoldsOneAnswerAndNoMore() {
        paced.beforeStart(replica);
        client.hasRoom = false;
        paced.onNext("a");
        assertThat(replica.asked).isEqualTo(1);
        client.makeRoom();
        assertThat(replica.asked).isEqualTo(2);
        client.makeRoom();
        assertThat(replica.asked).as("of which none was told yet").isEqualTo(2);
        paced.onError(new IllegalStateException());
        assertThat(client.heard).containsExactly("a", "failed");
    }
}
