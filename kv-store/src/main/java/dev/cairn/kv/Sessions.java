package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.RequestId;
import java.util.Arrays;
import java.util.Optional;

/**
 * The session table: what makes a request execute exactly once, however often it is proposed. For each session it keeps
 * which of the last {@link #WINDOW} sequence numbers were executed; a window, not a high-water mark, so that a primary
 * cannot censor older requests by replaying the newest.
 *
 * <p>A client may have so many sessions. One that is pushed out takes with it what it knew of its requests; so that they
 * cannot be replayed after the request that opened it, the height at which a session of the client that was pushed out had
 * last been used stays, and none is opened by a request from before that.
 */
final class Sessions {
    static final int WINDOW = 1024;

    private static final int BITMAP_BYTES = WINDOW / 8;
    private static final int RECORD_BYTES = 8 + 8 + BITMAP_BYTES;

    private final Draft draft;

    Sessions(Draft draft) {
        this.draft = draft;
    }

    /** Marks the request as executed, which may open its session; or says why it must not be. */
    Optional<KvError> admit(RequestId id, Optional<Operation.OpenSession> opening) {
        Bytes key = SystemSpace.session(id.client(), id.session());
        Optional<Bytes> found = draft.system(key);
        if (found.isEmpty() && !opening.map(open -> mayOpen(id.client(), open)).orElse(false)) {
            return Optional.of(KvError.NO_SESSION);
        }
        Window window = found.map(Window::read).orElseGet(Window::fresh);
        if (!window.mark(id.sequence())) {
            return Optional.of(KvError.DUPLICATE_REQUEST);
        }
        if (found.isEmpty()) {
            makeRoom(id.client());
        }
        draft.putSystem(key, window.encode(draft.proposal.height()));
        return Optional.empty();
    }

    /** The request that opened a session was made before the session was used. */
    private boolean mayOpen(ClientId client, Operation.OpenSession open) {
        return open.seenHeight() >= lastUseOfPushedOut(client)
                && open.seenHeight() < draft.proposal.height().value();
    }

    private long lastUseOfPushedOut(ClientId client) {
        return draft.system(SystemSpace.pushedOut(client))
                .map(record -> BigEndian.getLong(record.shared(), 0))
                .orElse(0L);
    }

    /** The client's session that was used longest ago goes, if it has as many as it may. */
    private void makeRoom(ClientId client) {
        KeySpan all = SystemSpace.sessionsOf(client);
        if (draft.tree.liveCount(all) < draft.around.limits().sessionsPerClient()) {
            return;
        }
        KeyVersion[] oldest = new KeyVersion[1];
        draft.tree.forEach(all, session -> {
            if (oldest[0] == null || session.modRevision() < oldest[0].modRevision()) {
                oldest[0] = session;
            }
            return true;
        });
        draft.removeSystem(oldest[0].treeKey());
        draft.putSystem(SystemSpace.pushedOut(client), height(oldest[0].modRevision()));
    }

    private static Bytes height(long value) {
        return Bytes.wrap(new ByteWriter(8).putLong(value).toArray());
    }

    /** Which sequence numbers from {@code base} on were executed; all below count as executed. */
    private static final class Window {
        private long base;
        private final byte[] bitmap;

        private Window(long base, byte[] bitmap) {
            this.base = base;
            this.bitmap = bitmap;
        }

        static Window fresh() {
            return new Window(0, new byte[BITMAP_BYTES]);
        }

        static Window read(Bytes record) {
            byte[] bytes = record.shared();
            if (bytes.length != RECORD_BYTES) {
                throw new IllegalStateException("a session record has " + RECORD_BYTES + " bytes");
            }
            return new Window(BigEndian.getLong(bytes, 8), Arrays.copyOfRange(bytes, 16, RECORD_BYTES));
        }

        Bytes encode(Height lastUsed) {
            return Bytes.wrap(new ByteWriter(RECORD_BYTES)
                    .putLong(lastUsed.value())
                    .putLong(base)
                    .putRaw(bitmap)
                    .toArray());
        }

        /** False if the number was executed before, or lies below the window. */
        boolean mark(long sequence) {
            if (sequence < base) {
                return false;
            }
            if (sequence - base >= WINDOW) {
                slideTo(sequence - WINDOW + 1);
            }
            int slot = (int) (sequence % WINDOW);
            int mask = 1 << (slot % 8);
            boolean fresh = (bitmap[slot / 8] & mask) == 0;
            bitmap[slot / 8] |= (byte) mask;
            return fresh;
        }

        /** The slots of numbers that leave the window are those of the numbers that enter it. */
        private void slideTo(long newBase) {
            if (newBase - base >= WINDOW) {
                Arrays.fill(bitmap, (byte) 0);
            } else {
                for (long gone = base; gone < newBase; gone++) {
                    int slot = (int) (gone % WINDOW);
                    bitmap[slot / 8] &= (byte) ~(1 << (slot % 8));
                }
            }
            base = newBase;
        }
    }
}
