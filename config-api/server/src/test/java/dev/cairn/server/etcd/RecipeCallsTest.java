package dev.cairn.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecipeCallsTest {
    private static final int MAX = 3;
    private static final int THREADS = 8;

    /** However many come at once. */
    @Test
    void noMoreCallsAreUnderWayThanTheBound() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < 2_000; round++) {
                RecipeCalls calls = new RecipeCalls(MAX);
                AtomicInteger admitted = new AtomicInteger();
                CountDownLatch start = new CountDownLatch(1);
                CountDownLatch done = new CountDownLatch(THREADS);
                for (int i = 0; i < THREADS; i++) {
                    threads.execute(() -> {
                        try {
                            start.await();
                            admitted.addAndGet(calls.admit(new Recipes.Caller()) ? 1 : 0);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        done.countDown();
                    });
                }
                start.countDown();
                assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(admitted).as("round %d", round).hasValue(MAX);
                assertThat(calls.waiting()).isEqualTo(MAX);
            }
        }
    }

    @Test
    void whoLeavesTwiceMakesRoomOnce() {
        RecipeCalls calls = new RecipeCalls(1);
        Recipes.Caller first = new Recipes.Caller();
        assertThat(calls.admit(first)).isTrue();
        calls.leave(first);
        calls.leave(first);
        assertThat(calls.admit(new Recipes.Caller())).isTrue();
        assertThat(calls.admit(new Recipes.Caller())).isFalse();
    }
}
