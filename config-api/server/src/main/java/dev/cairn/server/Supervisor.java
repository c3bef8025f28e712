package dev.cairn.server;

import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.BootException;
import dev.cairn.runtime.Ending;
import dev.cairn.runtime.FatalException;
import dev.cairn.runtime.RocksLibrary;
import dev.cairn.runtime.Surroundings;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one replica running through what a new start mends: a state that was fetched from the others takes the place of
 * the old one; a state on disk that is damaged, or contradicts the log, is set aside and made anew. Clients see a replica
 * that is away for a moment. A replica that comes no further in {@value #MAX_STARTS_IN_VAIN} starts is not started again.
 */
public final class Supervisor implements AutoCloseable {
    static final int MAX_STARTS_IN_VAIN = 5;

    /** In the data directory: what a process that was killed has left is replaced at the next start. */
    private static final String NATIVE = "native";

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    /** A replica from one start to its end. */
    interface Life extends AutoCloseable {
        CompletableFuture<Ending> terminated();

        /** The last height committed in it. */
        Height committed();

        @Override
        void close();
    }

    /** Starts a replica, or leaves nothing running. */
    interface Birth {
        Life start() throws StartupException;
    }

    private final Birth birth;
    private final StateDirectory state;
    private final CompletableFuture<Optional<Throwable>> terminated = new CompletableFuture<>();
    private final Thread thread = Thread.ofPlatform().name("supervisor").unstarted(this::run);
    private final Object starting = new Object();
    private volatile boolean closing;
    private Life life;

    // How far the replica has come, and how often it was started since without coming further.
    private Height reached;
    private int startsInVain;

    private Supervisor(Birth birth, StateDirectory state) throws StartupException {
        this.birth = birth;
        this.state = state;
        this.life = born();
        this.reached = life.committed();
    }

    /** As {@link ReplicaServer#start(ServerConfig)}, and watches over it from then on. */
    public static Supervisor start(ServerConfig config) throws StartupException {
        return start(config, Surroundings.REAL);
    }

    /** As {@link #start(ServerConfig)}, in a test's surroundings. */
    public static Supervisor start(ServerConfig config, Surroundings surroundings) throws StartupException {
        try {
            RocksLibrary.unpackInto(config.data().resolve(NATIVE));
        } catch (BootException e) {
            throw new StartupException(line(e), e);
        }
        return start(() -> ReplicaServer.start(config, surroundings), StateDirectory.in(config.data()));
    }

    static Supervisor start(Birth birth, StateDirectory state) throws StartupException {
        Supervisor supervisor = new Supervisor(birth, state);
        supervisor.thread.start();
        return supervisor;
    }

    /** Done when the replica has ended for good: empty after {@link #close}, else the error, one line for the operator. */
    public CompletableFuture<Optional<Throwable>> terminated() {
        return terminated.copy();
    }

    private void run() {
        Optional<Throwable> error = Optional.empty();
        try {
            while (goesOnAfter(life.terminated().join())) {
                synchronized (starting) {
                    if (closing) {
                        return;
                    }
                    life = born();
                }
            }
        } catch (StartupException | RuntimeException e) {
            error = Optional.of(e);
        } finally {
            life.close();
            terminated.complete(error);
        }
    }

    private boolean goesOnAfter(Ending ending) {
        life.close();
        switch (ending) {
            case Ending.Closed _ -> {
                return false;
            }
            case Ending.Failed(Throwable cause) -> {
                if (!isDamagedState(cause)) {
                    throw new FatalException(line(cause), cause);
                }
                setAside(cause);
            }
            case Ending.Renewed _ -> {}
        }
        requireProgress(life.committed());
        return true;
    }

    private Life born() throws StartupException {
        try {
            return birth.start();
        } catch (StartupException e) {
            if (!isDamagedState(e)) {
                throw e;
            }
            setAside(e);
            return birth.start();
        }
    }

    private void setAside(Throwable damage) {
        LOG.error(
                "the state cannot be used ({}): it is kept as {} and made anew, from the log or from the other replicas;"
                        + " nothing is to be done here but to look at the disk",
                whatHappened(damage),
                state.damaged());
        try {
            state.setAside();
        } catch (IOException e) {
            throw new FatalException(
                    state.path() + " is damaged and cannot be moved away (" + e.getMessage()
                            + "); move it, not the log beside it, and start again",
                    e);
        }
    }

    /** Errors say what happened, a semicolon, and what to do; that is done here. */
    private static String whatHappened(Throwable failure) {
        String line = line(failure);
        int advice = line.indexOf(';');
        return advice < 0 ? line : line.substring(0, advice);
    }

    private static boolean isDamagedState(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if ((cause instanceof StoreException store && store.isDamage())
                    || (cause instanceof BootException boot && boot.kind() == BootException.Cause.STATE)) {
                return true;
            }
        }
        return false;
    }

    private void requireProgress(Height height) {
        if (height.isAbove(reached)) {
            reached = height;
            startsInVain = 0;
        } else if (++startsInVain > MAX_STARTS_IN_VAIN) {
            throw new FatalException("this replica was started again " + MAX_STARTS_IN_VAIN
                    + " times, each time with another state, and came no further than " + height
                    + "; look at the lines above, and check its memory and its disk");
        }
    }

    private static String line(Throwable failure) {
        return Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
    }

    /** Ends the replica for good. Returns when all is on disk. */
    @Override
    public void close() {
        closing = true;
        synchronized (starting) {
            life.close();
        }
        var _ = terminated.join();
    }
}
