package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Verifier;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    /** How often a replica that tells of no change is compared with what a quorum says. */
    private static final Duration SUSPICION = Duration.ofSeconds(10);

    /** Tells what the newest head is. */
    interface Heads {
        Verified<TrustedHead> head(Freshness freshness) throws NotVerifiedException;
    }

    private final Calls calls;
    private final KeySpan span;
    private final Heads heads;

    /** 0 until the first head is known. */
    private long through;

    private @Nullable Stream stream;

    /** The watch must reach this revision, in messages from that time on. */
    private long due;

    private Instant dueFrom;
    private List<Attempt> refused = new ArrayList<>();

    Watch(Calls calls, KeySpan span, long after, Heads heads) {
        this.calls = calls;
        this.span = span;
        this.through = after;
        this.heads = heads;
        this.dueFrom = calls.clock().instant();
    }

    /** One replica's part of the watch. Its heads lead on from each other. */
    private static final class Stream {
        final HostPort replica;
        final BlockingClientCall<WatchRequest, WatchResponse> call;
        TrustedHead head;

        Stream(HostPort replica, BlockingClientCall<WatchRequest, WatchResponse> call, TrustedHead head) {
            this.replica = replica;
            this.call = call;
            this.head = head;
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
        try {
            @Nullable WatchResponse response = from.call.read(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (response == null) {
                throw new RefusedException(new Refusal.NoAnswer("it ended the watch", false));
            }
            Changes changes = accept(from, response);
            judge(from, changes);
            return changes;
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
                        .setProgressMillis((int) PROGRESS.toMillis())
                        .build());
        return new Stream(replica, call, base);
    }

    private Changes accept(Stream from, WatchResponse response) throws RefusedException {
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
            return new Changes(List.of(), through, through, from.head);
        }
        long claimed = response.getThroughRevision();
        if (claimed < after) {
            throw new RefusedException(new Refusal.Unproven("it goes back to revision " + claimed + " from " + after));
        }
        Answer.Changes answer = Proofs.require(Verifier.verify(
                from.head.header(),
                new Question.Changes(span, after, claimed, false),
                Calls.bytes(response.getProof())));
        through = answer.through();
        return new Changes(answer.events(), after, through, from.head);
    }

    /** What is proven is returned, also where its sender, or a slow caller, is late: nobody sends it again. */
    private void judge(Stream from, Changes changes) throws NotVerifiedException, RefusedException {
        try {
            requireNothingWithheld(changes);
        } catch (RefusedException e) {
            if (changes.events().isEmpty()) {
                throw e;
            }
            leave(from, e.refusal());
        }
    }

    /**
     * That nothing has changed up to an old head is true, and proves nothing about what came after it. So now and then a
     * quorum is asked for the newest revision, and a while later the watch must have come that far.
     */
    private void requireNothingWithheld(Changes changes) throws NotVerifiedException, RefusedException {
        Instant now = calls.clock().instant();
        if (changes.through() < due && dueFrom.isBefore(now)) {
            throw new RefusedException(new Refusal.Withheld(changes.through(), due));
        }
        if (changes.events().isEmpty() && dueFrom.plus(SUSPICION).isBefore(now)) {
            due = heads.head(Freshness.LINEARIZABLE).head().revision();
            dueFrom = now.plus(SILENCE);
        }
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
