package dev.cairn.runtime;

import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads blocks off the log for peers that miss them. */
final class BlockServer implements EventLoop.BlockSource {
    /** Blocks are added to an answer until it has grown to this. */
    static final int ANSWER_BYTES = 1 << 20;

    private final RocksLog log;
    private final AnswerThread thread;
    private final Consumer<Event> events;

    /** {@code events} is told what the core must answer instead. */
    BlockServer(RocksLog log, AnswerThread thread, Consumer<Event> events) {
        this.log = log;
        this.thread = thread;
        this.events = events;
    }

    /** Answers {@code to} with the committed blocks from {@code from} on, as far as they are durable here. */
    @Override
    public void serve(ReplicaId to, Height from) {
        var _ = thread.ask(to, () -> answer(to, from), () -> {});
    }

    private Optional<Message.Blocks> answer(ReplicaId to, Height from) throws StorageException {
        Optional<Message.Blocks> blocks = read(log, from);
        if (blocks.isEmpty() && isGone(log, from)) {
            events.accept(new Event.BlocksNotHeld(to, from));
        }
        return blocks;
    }

    /** Answers {@code to} with the body of a block that was not committed when the stable checkpoint was made. */
    @Override
    public void serveBody(ReplicaId to, Digest block) {
        var _ = thread.ask(to, () -> log.uncommittedBody(block).map(Message.Body::new), () -> {});
    }

    /** Whether the committed block at {@code from}, or what leads to its proof, will not be here again. */
    static boolean isGone(RocksLog log, Height from) throws StorageException {
        Optional<RocksLog.CommittedBody> first = log.committedAt(from);
        return first.isEmpty()
                || (log.anchor().isAbove(from)
                        && log.link(from, first.get().proof()).isEmpty());
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
            Optional<List<Header>> link =
                    log.link(found.getLast().block().height(), found.getLast().proof());
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
}
