package dev.cairn.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.server.Background;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No call waits for ever for work that has failed. */
@Timeout(60)
class OwedWorkTest {
    @Test
    void aReadWhoseValuesCannotBeReadIsRefused() throws Exception {
        try (Background background = new Background("test", 1, 10)) {
            Answer<String> answer = new Answer<>();
            new Reply<>(answer, _ -> "an answer", background).answerLater(() -> {
                throw new IllegalStateException("the disk is gone");
            });
            assertThat(answer.end().getCode()).isEqualTo(Status.Code.INTERNAL);
        }
    }

    @Test
    void whatIsTooMuchIsRefusedAtOnce() throws Exception {
        Background background = new Background("test", 1, 1);
        background.close();
        Answer<String> answer = new Answer<>();
        OwedWork.offer(background, answer, () -> {});
        assertThat(answer.end().getDescription()).isEqualTo("etcdserver: too many requests");
    }

    private static final class Answer<T> implements StreamObserver<T> {
        private final CompletableFuture<Status> end = new CompletableFuture<>();

        /** How the call ends. */
        Status end() throws Exception {
            return end.get(30, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(T response) {}

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }
}
