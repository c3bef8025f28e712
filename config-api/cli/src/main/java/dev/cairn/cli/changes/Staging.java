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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Sends values of a change that waits, as many in a request as fit and several requests at a time: their order means nothing.
 */
final class Staging {
    /**
     * Of values in one request, and of a text and the values that come with it, unless a single one is longer. With what is around
     * them a request stays below 1 MiB: what is larger, replicas verify in pure Java.
     */
    static final int REQUEST_BYTES = 960 << 10;

    /** So that a replica has something to go on with; more would only wait longer. */
    private static final int AT_ONCE = 4;

    private static final Duration TELL_EVERY = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final PrintWriter err;
    private long toldNanos = System.nanoTime();

    /** @param err hears how far it is, where that takes long */
    Staging(Cluster cluster, PrintWriter err) {
        this.cluster = cluster;
        this.err = err;
    }

    /** How many values, from an index on, are together no longer than {@code bytes}. */
    static int fitting(List<Bytes> values, int from, long bytes) {
        long left = bytes;
        int count = 0;
        while (from + count < values.size() && values.get(from + count).size() <= left) {
            left -= values.get(from + count).size();
            count++;
        }
        return count;
    }

    /**
     * Sends the values from an index on; there are some.
     *
     * @return how the change stands after them, or as soon as it waits no more
     */
    Outcome.Change stage(Digest change, List<Bytes> values, int from) throws Failure, NotVerifiedException {
        ExecutorService senders =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory());
        try (senders) {
            List<Sent> sent = new ArrayList<>();
            for (Operation.StageValues batch : batches(change, values, from)) {
                sent.add(new Sent(batch.values().size(), senders.submit(() -> cluster.submit(batch))));
            }
            try {
                return await(sent, values.size() - from);
            } finally {
                senders.shutdownNow();
            }
        }
    }

    private record Sent(int values, Future<Outcome.Change> outcome) {}

    /** All values from an index on, in as few requests as their order allows. */
    static List<Operation.StageValues> batches(Digest change, List<Bytes> values, int from) {
        List<Operation.StageValues> batches = new ArrayList<>();
        int first = from;
        while (first < values.size()) {
            int until = first + Math.max(1, fitting(values, first, REQUEST_BYTES));
            batches.add(new Operation.StageValues(change, first, values.subList(first, until)));
            first = until;
        }
        return batches;
    }

    private Outcome.Change await(List<Sent> sent, int all) throws Failure, NotVerifiedException {
        Outcome.Change newest = result(sent.getFirst().outcome());
        int done = 0;
        for (Sent each : sent) {
            Outcome.Change outcome = result(each.outcome());
            if (outcome.standing() != ChangeStanding.PENDING) {
                return outcome;
            }
            newest = outcome.revision() > newest.revision() ? outcome : newest;
            done += each.values();
            tell(done, all);
        }
        return newest;
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
