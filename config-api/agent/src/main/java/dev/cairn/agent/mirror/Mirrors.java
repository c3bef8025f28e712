package dev.cairn.agent.mirror;

import dev.cairn.agent.Following;
import dev.cairn.agent.Refusals;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Verified;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The copies of all configured prefixes, each fed by a verified watch, together within a bound. */
public final class Mirrors implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Mirrors.class.getName());

    /** How often a quorum is asked for the newest head, which makes the copies current. */
    private static final Duration PULSE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Before a prefix that was too large is looked at again. */
    private static final Duration LONG_PAUSE = Duration.ofMinutes(1);

    private final CairnClient client;
    private final Refusals refusals;
    private final long maxBytes;
    private final LongSupplier nanoClock;
    private final List<Mirror> mirrors;
    private final List<Thread> threads = new ArrayList<>();

    private Mirrors(
            CairnClient client, List<Bytes> prefixes, long maxBytes, Refusals refusals, LongSupplier nanoClock) {
        this.client = client;
        this.refusals = refusals;
        this.maxBytes = maxBytes;
        this.nanoClock = nanoClock;
        this.mirrors =
                prefixes.stream().map(prefix -> new Mirror(prefix, nanoClock)).toList();
    }

    /**
     * Fetches all prefixes, and follows them until closed.
     *
     * @param maxBytes of all copies together; a prefix that does not fit is left out, and that is logged
     */
    public static Mirrors start(CairnClient client, List<Bytes> prefixes, long maxBytes, Refusals refusals) {
        Mirrors all = new Mirrors(client, prefixes, maxBytes, refusals, System::nanoTime);
        if (!prefixes.isEmpty()) {
            all.run("pulse", all::pulse);
            all.mirrors.forEach(mirror -> all.run("mirror", () -> all.keep(mirror)));
        }
        return all;
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    private void run(String name, Task task) {
        threads.add(Thread.ofVirtual().name(name).start(() -> {
            try {
                task.run();
            } catch (InterruptedException e) {
                LOG.log(Level.DEBUG, "{0} ends", name);
            }
        }));
    }

    /** The copy of a key, or that there is none; nothing if none of the prefixes is its. */
    public Optional<Copy<Optional<KeyValue>>> get(Bytes key) {
        return covering(KeySpan.single(key)).flatMap(mirror -> mirror.get(key));
    }

    /** The copies of a span's keys, in order; nothing if it is not within one of the prefixes. */
    public Optional<Copy<List<KeyValue>>> list(KeySpan span) {
        return covering(span).flatMap(mirror -> mirror.list(span));
    }

    private Optional<Mirror> covering(KeySpan span) {
        return mirrors.stream().filter(mirror -> mirror.covers(span)).findFirst();
    }

    public long bytes() {
        return mirrors.stream().mapToLong(Mirror::bytes).sum();
    }

    public long keys() {
        return mirrors.stream().mapToLong(Mirror::keys).sum();
    }

    /** How one copy is. {@code copy} counts its keys and is empty while there is none. */
    public record Standing(Bytes prefix, Optional<Copy<Integer>> copy) {}

    public List<Standing> standing() {
        return mirrors.stream()
                .map(mirror -> new Standing(mirror.prefix(), mirror.standing()))
                .toList();
    }

    /** Keeps {@code mirror} loaded and fed until the thread is interrupted. */
    private void keep(Mirror mirror) throws InterruptedException {
        while (true) {
            try {
                long loaded = load(mirror);
                Following.run(client, mirror.span(), loaded, new Feed(mirror));
                LOG.log(
                        Level.INFO,
                        "the copy of {0} is made anew: it fell behind a compaction",
                        mirror.prefix().toUtf8());
            } catch (NotVerifiedException e) {
                refusals.saw(e.attempts());
                Thread.sleep(PAUSE);
            } catch (TooLargeException e) {
                mirror.drop();
                LOG.log(Level.WARNING, e.getMessage());
                Thread.sleep(LONG_PAUSE);
            } catch (RuntimeException e) {
                mirror.drop();
                LOG.log(Level.ERROR, "a copy is made anew after a fault", e);
                Thread.sleep(LONG_PAUSE);
            }
        }
    }

    /** One at a time, so that of two that do not both fit one is kept. */
    private synchronized long load(Mirror mirror) throws NotVerifiedException {
        long asked = nanoClock.getAsLong();
        Verified<Page> page = client.listUpTo(mirror.span(), 0, roomFor(mirror), 0, Freshness.LINEARIZABLE);
        refusals.saw(page.refused());
        if (page.value().more()) {
            throw new TooLargeException(mirror, maxBytes);
        }
        mirror.load(page.value().records(), page.head(), page.value().revision(), asked);
        requireRoom(mirror);
        return page.value().revision();
    }

    private long roomFor(Mirror mirror) {
        return Math.max(0, maxBytes - bytes() + mirror.bytes());
    }

    private void requireRoom(Mirror mirror) {
        if (bytes() > maxBytes) {
            throw new TooLargeException(mirror, maxBytes);
        }
    }

    /** Ends a feed from within. */
    private static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLargeException(Mirror mirror, long maxBytes) {
            super("no copy of " + mirror.prefix().toUtf8() + " is kept: with it the copies have more than the "
                    + maxBytes + " bytes that cache-bytes allows");
        }
    }

    private final class Feed implements Following.Sink {
        private final Mirror mirror;

        Feed(Mirror mirror) {
            this.mirror = mirror;
        }

        @Override
        public void changes(Changes changes) {
            mirror.apply(changes);
            requireRoom(mirror);
        }

        @Override
        public void unverified(NotVerifiedException why) {
            refusals.saw(why.attempts());
        }
    }

    private void pulse() throws InterruptedException {
        while (true) {
            long asked = nanoClock.getAsLong();
            try {
                Verified<TrustedHead> head = client.head(Freshness.LINEARIZABLE);
                refusals.saw(head.refused());
                mirrors.forEach(mirror -> mirror.newest(head.head().revision(), asked));
            } catch (NotVerifiedException e) {
                refusals.saw(e.attempts());
            }
            Thread.sleep(PULSE);
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
