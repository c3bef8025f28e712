package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sends values of a change that waits, each in a request of its own and several at a time: their order means nothing. */
final class Staging {
    /** What a gateway carries at a time of calls that travel alone, and as many that wait for their turn. */
    private static final int AT_ONCE = 32;

    private static final Duration TELL_EVERY = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final PrintWriter err;
    private long toldNanos = System.nanoTime();

    /** @param err hears how far it is, where that takes long */
    Staging(Cluster cluster, PrintWriter err) {
        this.cluster = cluster;
        this.err = err;
    }

    /**
     * Sends the values from an index up to but without another.
     *
     * @return how the change stands if it waits no more, or a value was refused; nothing if it waits for others
     */
    Optional<Outcome.Change> stage(Digest change, List<Bytes> values, int from, int until)
            throws Failure, NotVerifiedException {
        ExecutorService senders =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory());
        try (senders) {
            List<Future<Outcome.Change>> sent = new ArrayList<>();
            for (int i = from; i < until; i++) {
                Operation value = new Operation.StageValue(change, i, values.get(i));
                sent.add(senders.submit(() -> cluster.submit(value)));
            }
            try {
                return await(sent);
            } finally {
                senders.shutdownNow();
            }
        }
    }

    private Optional<Outcome.Change> await(List<Future<Outcome.Change>> sent) throws Failure, NotVerifiedException {
        for (int i = 0; i < sent.size(); i++) {
            Outcome.Change outcome = result(sent.get(i));
            if (outcome.standing() != ChangeStanding.PENDING) {
                return Optional.of(outcome);
            }
            tell(i + 1, sent.size());
        }
        return Optional.empty();
    }

    private static Outcome.Change result(Future<Outcome.Change> sent) throws Failure, NotVerifiedException {
        try {
            return sent.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Failure failure -> throw failure;
                case NotVerifiedException unproven -> throw unproven;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted; submitting it again does no harm", e);
        }
    }

    private void tell(int done, int all) {
        long now = System.nanoTime();
        if (now - toldNanos >= TELL_EVERY.toNanos()) {
            toldNanos = now;
            err.println("cairn: " + done + " of " + all + " values that come after the text are there");
            err.flush();
        }
    }
}
