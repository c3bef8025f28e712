package dev.cairn.runtime;

import dev.cairn.codec.MessageCodec;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Reads blocks off the log for peers that miss them, beside the event loop, on one thread that ends when it is not
 * needed. Few questions of one peer may wait, so that none is crowded out by another; one that finds no place is asked
 * again, or asked of another.
 */
final class BlockServer implements EventLoop.BlockSource, AutoCloseable {
    /** Blocks are added to an answer until it has grown to this. */
    static final int ANSWER_BYTES = 1 << 20;

    private static final int MAX_WAITING_PER_PEER = 4;

    /** Where the answers go. */
    interface Out {
        void send(ReplicaId to, Message message);
    }

    private final RocksLog log;
    private final Out out;
    private final Consumer<StorageException> onFailure;
    private final ThreadPoolExecutor thread;
    private final Map<ReplicaId, Semaphore> places = new ConcurrentHashMap<>();

    BlockServer(String name, RocksLog log, Out out, Consumer<StorageException> onFailure) {
        this.log = log;
        this.out = out;
        this.onFailure = onFailure;
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), // holds no more than the places of all peers
                Thread.ofPlatform().name(name).daemon(true).factory());
        thread.allowCoreThreadTimeOut(true);
    }

    /** Answers {@code to} with the committed blocks from {@code from} on, as far as they are durable here. */
    @Override
    public void serve(ReplicaId to, Height from) {
        answer(to, () -> read(log, from));
    }

    /** Answers {@code to} with the body of a block that was not committed when the stable checkpoint was made. */
    @Override
    public void serveBody(ReplicaId to, Digest block) {
        answer(to, () -> log.uncommittedBody(block).map(Message.Body::new));
    }

    private interface Question {
        Optional<? extends Message> read() throws StorageException;
    }

    private void answer(ReplicaId to, Question question) {
        Semaphore place = places.computeIfAbsent(to, _ -> new Semaphore(MAX_WAITING_PER_PEER));
        if (!place.tryAcquire()) {
            return;
        }
        try {
            thread.execute(() -> {
                place.release();
                try {
                    question.read().ifPresent(message -> out.send(to, message));
                } catch (StorageException e) {
                    onFailure.accept(e);
                }
            });
        } catch (RejectedExecutionException e) {
            place.release(); // the node ends
        }
    }

    /**
     * Blocks from {@code from} on, about a MiB of them and at least one, that end where the headers up to a certified
     * block are here; nothing if there are none.
     */
    static Optional<Message.Blocks> read(RocksLog log, Height from) throws StorageException {
        List<RocksLog.CommittedBody> found = new ArrayList<>();
        int bytes = 0;
        Height at = from;
        while (found.size() < Message.Blocks.MAX_BLOCKS && bytes < ANSWER_BYTES) {
            Optional<RocksLog.CommittedBody> next = log.committedAt(at);
            if (next.isEmpty()) {
                break;
            }
            bytes += next.get().block().sizeBytes();
            if (bytes > ANSWER_BYTES && !found.isEmpty()) {
                break;
            }
            found.add(next.get());
            at = at.next();
        }
        while (!found.isEmpty()) {
            Optional<List<Header>> link = link(log, found.getLast());
            if (link.isPresent()) {
                List<Block> blocks =
                        found.stream().map(RocksLog.CommittedBody::block).toList();
                return Optional.of(
                        new Message.Blocks(blocks, link.get(), found.getLast().proof()));
            }
            found.removeLast();
        }
        return Optional.empty();
    }

    /** The headers after {@code last} up to the block that its proof names; nothing if they are not all here yet. */
    private static Optional<List<Header>> link(RocksLog log, RocksLog.CommittedBody last) throws StorageException {
        QuorumCertificate proof = last.proof();
        List<Header> link = new ArrayList<>();
        for (Height at = last.block().height().next(); at.isAtMost(proof.height()); at = at.next()) {
            Optional<RocksLog.CommittedBody> next = log.committedAt(at);
            if (next.isEmpty() || link.size() >= MessageCodec.MAX_LINK) {
                return Optional.empty();
            }
            link.add(next.get().block().header());
        }
        return Optional.of(link);
    }

    /** Ends the thread; nothing reads the log afterwards. */
    @Override
    public void close() {
        thread.shutdownNow();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
