package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.CallOptions;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Carries one watch from replica to replica: what is proven goes on exactly where it ended, whoever sends it. A replica
 * that falls silent is compared with what another can prove, so changes cannot be withheld for long.
 *
 * <p>For one thread at a time. Nothing is fetched ahead of {@link #next}.
 */
public final class Watch implements AutoCloseable {
    private static final Duration PROGRESS = Duration.ofSeconds(2);
    private static final Duration SILENCE = PROGRESS.multipliedBy(3);

    /** How often a replica is compared with what a quorum says. */
    private static final Duration SUSPICION = Duration.ofSeconds(10);

    /** Who sends so much in a message is catching up, and not withholding anything. */
    private static final int BULK_BYTES = 256 << 10;

    private static final Comparator<KeyEvent> IN_ORDER = Comparator.comparingLong(
                    (KeyEvent event) -> event.change().modRevision())
            .thenComparingInt(event -> event.change().sub());

    /** Tells what the newest head is. */
    interface Heads {
        Verified<TrustedHead> head(Freshness freshness) throws NotVerifiedException;
    }

    private final Calls calls;
    private final Space space;
    private final KeySpan span;
    private final Heads heads;

    /** 0 until the first head is known. */
    private long through;

    private @Nullable Stream stream;

    /** The watch must reach this revision, in messages from that time on. */
    private long due;

    private Instant dueFrom;

    /** When a quorum was asked for the newest revision, or the watch began. */
    private Instant comparedAt;

    private List<Attempt> refused = new ArrayList<>();

    Watch(Calls calls, Space space, KeySpan span, long after, Heads heads) {
        this.calls = calls;
        this.space = space;
        this.span = span;
        this.through = after;
        this.heads = heads;
        this.dueFrom = calls.clock().instant();
        this.comparedAt = dueFrom;
    }

    /** One replica's part of the watch. Its heads lead on from each other. */
    private final class Stream {
        final HostPort replica;
        final BlockingClientCall<WatchRequest, WatchResponse> call;
        TrustedHead head;

        /** The keys of the next revision that are still to come, where some were told; else the span. */
        KeySpan rest;

        /** Those that were told. */
        final List<KeyEvent> parts = new ArrayList<>();

        Stream(HostPort replica, BlockingClientCall<WatchRequest, WatchResponse> call, TrustedHead head) {
            this.replica = replica;
            this.call = call;
            this.head = head;
            this.rest = span;
        }
    }

    /** Up to which revision all changes have been returned; a later watch can go on after it. */
    public long through() {
        return through;
    }

    /** Whose answers were refused since the last changes, and why. */
    public List<Attempt> refused() {
        return List.copyOf(refused);
    }

    /**
     * Waits for the next changes, or for the proof that there were none for a while.
     *
     * @throws NotVerifiedException if no replica carries the watch; {@link #next} may be called again
     */
    public Changes next() throws NotVerifiedException, InterruptedException {
        refused = new ArrayList<>();
        int replicas = calls.replicas().inOrder().size();
        while (refused.size() < replicas) {
            @Nullable Changes changes = tryNext();
            if (changes != null) {
                return changes;
            }
        }
        throw new NotVerifiedException(refused);
    }

    /** Null if this replica was given up, or has nothing to tell yet. */
    private @Nullable Changes tryNext() throws NotVerifiedException, InterruptedException {
        Stream from = stream == null ? open() : stream;
        stream = from;
        compare();
        try {
            @Nullable WatchResponse response = from.call.read(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (response == null) {
                throw new RefusedException(new Refusal.NoAnswer("it ended the watch", false));
            }
            if (response.getProof().size() >= BULK_BYTES) {
                allowTime();
            }
            Optional<Changes> changes = accept(from, response);
            judge(from, changes);
            return changes.orElse(null);
        } catch (TimeoutException _) {
            leave(from, new Refusal.NoAnswer("silent for " + SILENCE.toMillis() + " ms", false));
        } catch (StatusException e) {
            leave(from, Calls.noAnswer(e.getStatus()));
        } catch (RefusedException e) {
            leave(from, e.refusal());
        }
        return null;
    }

    private Stream open() {
        HostPort replica = calls.replicas().inOrder().getFirst();
        TrustedHead base = calls.light().head();
        BlockingClientCall<WatchRequest, WatchResponse> call = ClientCalls.blockingV2ServerStreamingCall(
                calls.replicas().channel(replica),
                StoreGrpc.getWatchMethod(),
                CallOptions.DEFAULT,
                WatchRequest.newBuilder()
                        .setHead(HeadWanted.newBuilder()
                                .setKnownHeight(base.height().value()))
                        .setKey(Calls.raw(span.from()))
                        .setRangeEnd(Calls.rangeEnd(span))
                        .setAfterRevision(through)
                        .setSpace(Calls.space(space))
                        .setProgressMillis((int) PROGRESS.toMillis())
                        .build());
        if (through < due) {
            allowTime();
        }
        return new Stream(replica, call, base);
    }

    /** Nothing while one revision's changes are not all there: they have an order, which is not that of the keys. */
    private Optional<Changes> accept(Stream from, WatchResponse response) throws RefusedException {
        LightClient.Question question =
                calls.light().follow(from.head, calls.clock().instant());
        from.head = calls.light()
                .accept(
                        question,
                        OfferedHead.of(response.getHead()),
                        calls.clock().instant());
        long after = through;
        if (after == 0) {
            through = from.head.revision();
            return Optional.of(new Changes(List.of(), through, through, from.head));
        }
        long claimed = response.getThroughRevision();
        if (claimed < after) {
            throw new RefusedException(new Refusal.Unproven("it goes back to revision " + claimed + " from " + after));
        }
        Bytes until = Calls.bytes(response.getUntilKey());
        KeySpan part = part(from.rest, until, claimed);
        Answer.Changes answer = Proofs.require(Verifier.verify(
                from.head.header(),
                new Question.Changes(space, part, after, claimed, false),
                Calls.bytes(response.getProof())));
        from.parts.addAll(answer.events());
        if (!until.isEmpty()) {
            from.rest = new KeySpan(until, span.until());
            return Optional.empty();
        }
        through = answer.through();
        List<KeyEvent> events = new ArrayList<>(from.parts);
        events.sort(IN_ORDER);
        from.parts.clear();
        from.rest = span;
        return Optional.of(new Changes(events, after, through, from.head));
    }

    /** Only one revision comes in parts, so what is held until it is whole is no more than that. */
    private KeySpan part(KeySpan rest, Bytes until, long claimed) throws RefusedException {
        boolean isCut = !until.isEmpty();
        boolean isPart = isCut || !rest.equals(span);
        boolean goesOn = !isCut || (rest.contains(until) && !until.equals(rest.from()));
        if (!goesOn || (isPart && claimed != through + 1)) {
            throw new RefusedException(new Refusal.Unproven("no part of the changes through revision " + claimed
                    + " can lie between the keys " + rest.from() + " and " + until));
        }
        return isCut ? new KeySpan(rest.from(), Optional.of(until)) : rest;
    }

    /**
     * What a replica proves up to an old head, or bit by bit, is true, and says nothing of what it keeps back. So now and
     * then a quorum is asked for the newest revision, and a while later the watch must have come that far.
     */
    private void compare() throws NotVerifiedException {
        if (comparedAt.plus(SUSPICION).isBefore(calls.clock().instant())) {
            comparedAt = calls.clock().instant(); // also where no quorum answers: what is proven goes on coming
            due = heads.head(Freshness.LINEARIZABLE).head().revision();
            allowTime();
        }
    }

    private void allowTime() {
        dueFrom = calls.clock().instant().plus(SILENCE);
    }

    /** What is proven is returned, also where its sender, or a slow caller, is late: nobody sends it again. */
    private void judge(Stream from, Optional<Changes> changes) throws RefusedException {
        boolean isLate = through < due && dueFrom.isBefore(calls.clock().instant());
        if (!isLate) {
            return;
        }
        Refusal withheld = new Refusal.Withheld(through, due);
        if (changes.isEmpty() || changes.get().events().isEmpty()) {
            throw new RefusedException(withheld);
        }
        leave(from, withheld);
    }

    private void leave(Stream from, Refusal why) {
        refused.add(new Attempt(from.replica, why));
        calls.replicas().demote(from.replica);
        from.call.cancel("goes on with another replica", null);
        stream = null;
    }

    @Override
    public void close() {
        Stream last = stream;
        if (last != null) {
            last.call.cancel("the watch was closed", null);
            stream = null;
        }
    }
}
