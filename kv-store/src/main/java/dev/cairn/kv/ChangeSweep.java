package dev.cairn.kv;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Forgets executed changes that a signed compaction has passed, a bounded number in each block, in the order in which they
 * were executed. A compaction by a gateway forgets none: who holds a gateway must not wipe out who changed what.
 *
 * <p>Kept is each change that made what some key holds now, for somebody may ask who put it there; each that has not expired,
 * so that its digest never comes back; and each of the governance, whose history tells whose signatures counted when. The
 * log of blocks forgets nothing.
 */
final class ChangeSweep {
    static final int MAX_PER_BLOCK = 64;

    /** Of texts; the one that goes beyond is still looked at. */
    static final long MAX_BYTES_PER_BLOCK = 1L << 20;

    private final Draft draft;
    private final PendingChanges changes;

    ChangeSweep(Draft draft, PendingChanges changes) {
        this.draft = draft;
        this.changes = changes;
    }

    /** From the next block on, up to that revision; one that is under way begins anew, and goes as far at least. */
    static void start(Draft draft, long compactRevision) {
        long reached = draft.system(SystemSpace.CHANGE_SWEEP)
                .map(record -> Progress.read(record).until())
                .orElse(0L);
        draft.putSystem(SystemSpace.CHANGE_SWEEP, new Progress(Math.max(reached, compactRevision), 0).encode());
    }

    /** This block's share. */
    void advance() {
        draft.system(SystemSpace.CHANGE_SWEEP).map(Progress::read).ifPresent(this::advance);
    }

    private void advance(Progress progress) {
        Share share = new Share();
        KeySpan span =
                new KeySpan(LedgerKeys.logged(progress.next()), Optional.of(LedgerKeys.logged(progress.until())));
        draft.tree.forEach(Space.LEDGER.treeSpan(span), share::take);
        draft.writeUnasked(writer -> share.forgotten.forEach(record -> forget(writer, record)));
        if (share.isFull()) {
            draft.putSystem(SystemSpace.CHANGE_SWEEP, new Progress(progress.until(), share.next).encode());
        } else {
            draft.removeSystem(SystemSpace.CHANGE_SWEEP);
        }
    }

    private static void forget(Writer writer, Forgotten record) {
        writer.removeRecord(LedgerKeys.settled(record.change()));
        writer.removeRecord(LedgerKeys.logged(record.revision()));
    }

    private record Forgotten(Digest change, long revision) {}

    /** What one block looks at. */
    private final class Share {
        private final List<Forgotten> forgotten = new ArrayList<>();
        private int seen;
        private long bytes;
        private long next;

        boolean isFull() {
            return seen >= MAX_PER_BLOCK || bytes >= MAX_BYTES_PER_BLOCK;
        }

        /** Whether there is room for another. */
        boolean take(KeyVersion logged) {
            if (!logged.isLive()) {
                return true;
            }
            long revision = LedgerKeys.loggedRevision(logged.key());
            Digest change = changes.loggedAt(revision);
            ChangeRecord record = changes.settled(change)
                    .orElseThrow(() -> new IllegalStateException("the log names " + change + ", which is not kept"));
            if (mayBeForgotten(record)) {
                forgotten.add(new Forgotten(change, revision));
            }
            seen++;
            bytes += record.text().size();
            next = revision + 1;
            return !isFull();
        }
    }

    private boolean mayBeForgotten(ChangeRecord record) {
        return switch (textOf(record)) {
            case AdminChange _ -> false;
            case Change change ->
                change.expiresSeconds() <= draft.nowSeconds()
                        && change.operations().stream()
                                .noneMatch(operation -> isStillThere(operation, record.revision()));
        };
    }

    private boolean isStillThere(ChangeOperation operation, long revision) {
        return switch (operation) {
            case ChangeOperation.Put put ->
                draft.tree
                        .get(Space.CLIENTS.treeKey(put.key()))
                        .map(Leaf::head)
                        .filter(head -> head.isLive() && head.modRevision() == revision)
                        .isPresent();
            case ChangeOperation.Delete _, ChangeOperation.DeleteRange _ -> false;
        };
    }

    private static SignedText textOf(ChangeRecord record) {
        try {
            return SignedText.parse(record.text());
        } catch (ChangeException e) {
            throw new IllegalStateException("what was executed could be read", e);
        }
    }

    /**
     * @param until the first revision whose change is not looked at
     * @param next the first revision whose change is still to be looked at
     */
    private record Progress(long until, long next) {
        static Progress read(Bytes record) {
            return new Progress(BigEndian.getLong(record.shared(), 0), BigEndian.getLong(record.shared(), 8));
        }

        Bytes encode() {
            return Bytes.wrap(new ByteWriter(16).putLong(until).putLong(next).toArray());
        }
    }
}
