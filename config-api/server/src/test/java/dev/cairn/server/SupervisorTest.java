package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.BootException;
import dev.cairn.runtime.Ending;
import dev.cairn.server.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class SupervisorTest {
    private static final Ending RENEWED = new Ending.Renewed(new Height(9), List.of(), List.of());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path data;

    private final List<ScriptedLife> lives = new ArrayList<>();

    /** Ends as it is told to, or when it is closed. */
    private static final class ScriptedLife implements Supervisor.Life {
        private final CompletableFuture<Ending> ending = new CompletableFuture<>();
        private final Height height;
        private boolean closed;

        ScriptedLife(long height) {
            this.height = new Height(height);
        }

        ScriptedLife ends(Ending how) {
            ending.complete(how);
            return this;
        }

        @Override
        public CompletableFuture<Ending> terminated() {
            return ending;
        }

        @Override
        public Height committed() {
            return height;
        }

        @Override
        public void close() {
            closed = true;
            ending.complete(new Ending.Closed());
        }
    }

    private Supervisor supervise(ScriptedLife... planned) throws StartupException {
        ArrayDeque<ScriptedLife> waiting = new ArrayDeque<>(List.of(planned));
        return Supervisor.start(
                () -> {
                    lives.forEach(earlier -> assertThat(earlier.closed).isTrue());
                    lives.add(waiting.remove());
                    return lives.getLast();
                },
                StateDirectory.in(data));
    }

    private static Optional<Throwable> end(Supervisor supervisor) throws Exception {
        return supervisor.terminated().get(30, TimeUnit.SECONDS);
    }

    private static Throwable damage() {
        return new StoreException(
                "the state cannot be read",
                new RocksDBException("bad", new Status(Status.Code.Corruption, null, null)));
    }

    @Test
    void aReplicaThatHasFetchedAStateIsStartedAgain() throws Exception {
        ScriptedLife second = new ScriptedLife(9);
        try (Supervisor supervisor = supervise(new ScriptedLife(1).ends(RENEWED), second)) {
            second.ends(new Ending.Closed());
            assertThat(end(supervisor)).isEmpty();
        }
        assertThat(lives).hasSize(2).allMatch(life -> life.closed);
    }

    @Test
    void aReplicaThatFailsIsNotStartedAgain() throws Exception {
        IllegalStateException failure = new IllegalStateException("the disk is full");
        try (Supervisor supervisor = supervise(new ScriptedLife(1).ends(new Ending.Failed(failure)))) {
            assertThat(end(supervisor).orElseThrow()).hasMessage("the disk is full");
        }
        assertThat(lives).hasSize(1);
    }

    @Test
    void aDamagedStateIsSetAsideAndMadeAnew() throws Exception {
        Path state = Files.createDirectories(data.resolve("state"));
        Files.writeString(state.resolve("000007.sst"), "damaged");
        try (Supervisor supervisor = supervise(
                new ScriptedLife(1).ends(new Ending.Failed(damage())),
                new ScriptedLife(1).ends(RENEWED),
                new ScriptedLife(9).ends(new Ending.Closed()))) {
            assertThat(end(supervisor)).isEmpty();
        }
        assertThat(state).doesNotExist();
        assertThat(data.resolve("state.damaged").resolve("000007.sst")).hasContent("damaged");
    }

    @Test
    void aStateThatContradictsTheLogIsSetAsideOnce() throws Exception {
        Files.createDirectories(data.resolve("state"));
        StartupException refusal = new StartupException(
                "state and log contradict each other",
                new BootException(BootException.Cause.STATE, "state and log contradict each other"));
        assertThatThrownBy(() -> Supervisor.start(
                        () -> {
                            lives.add(new ScriptedLife(0));
                            throw refusal;
                        },
                        StateDirectory.in(data)))
                .isSameAs(refusal);
        assertThat(lives).hasSize(2);
        assertThat(data.resolve("state.damaged")).exists();
    }

    @Test
    void aReplicaThatComesNoFurtherIsGivenUp() throws Exception {
        ScriptedLife[] planned = new ScriptedLife[Supervisor.MAX_STARTS_IN_VAIN + 3];
        for (int i = 0; i < planned.length; i++) {
            planned[i] = new ScriptedLife(7).ends(RENEWED);
        }
        try (Supervisor supervisor = supervise(planned)) {
            assertThat(end(supervisor).orElseThrow()).hasMessageContaining("came no further than h7");
        }
        assertThat(lives).hasSize(Supervisor.MAX_STARTS_IN_VAIN + 1);
    }
}
