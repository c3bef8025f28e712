package dev.cairn.agent;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import java.time.Duration;

/** Carries one verified watch through whatever happens to replicas. */
public final class Following {
    /** After every replica has failed, before all are asked again. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private Following() {}

    /** Hears of a watch. What it takes long for is not asked for ahead. */
    public interface Sink {
        void changes(Changes changes) throws InterruptedException;

        /** No replica carries the watch just now; it goes on by itself. */
        default void unverified(NotVerifiedException why) throws InterruptedException {}
    }

    /**
     * Returns only when changes that are still to be told have been compacted.
     *
     * @param after the revision after which changes are told
     * @return the certified compact revision
     * @throws InterruptedException as the sink does, or when the thread is interrupted
     */
    public static long run(CairnClient client, KeySpan span, long after, Sink sink) throws InterruptedException {
        try (Watch watch = client.watch(span, after)) {
            while (true) {
                try {
                    sink.changes(watch.next());
                } catch (NotVerifiedException e) {
                    // A head was verified even where it does not tell of what came before it.
                    long compacted = client.newestKnown().header().roots().compactRevision();
                    if (watch.through() < compacted) {
                        return compacted;
                    }
                    sink.unverified(e);
                    Thread.sleep(PAUSE);
                }
            }
        }
    }
}
