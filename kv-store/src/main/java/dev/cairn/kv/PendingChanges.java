package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SignedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The records of changes in the state, and how many there may be. What waits, and what was settled without being executed,
 * counts for its author until its expiry; then it is dropped. A record is in exactly one place: pending or settled.
 */
final class PendingChanges {
    /** Of one author. */
    static final int MAX_BY_AUTHOR = 64;

    /** Texts and values, of one author. */
    static final long MAX_BYTES_BY_AUTHOR = 16L << 20;

    static final int MAX_ALL = 4096;

    /** The rest is dropped with the next block; until then it is refused as expired. */
    private static final int MAX_DROPPED_PER_BLOCK = 256;

    private final Draft draft;

    PendingChanges(Draft draft) {
        this.draft = draft;
    }

    Optional<ChangeRecord> settled(Digest change) {
        return read(LedgerKeys.settled(change)).map(ChangeRecord::decode);
    }

    Optional<PendingRecord> pending(Digest change) {
        return read(LedgerKeys.pending(change)).map(PendingRecord::decode);
    }

    /** Of a change that waits, which was read before it was kept; the record is looked at only where that is forgotten. */
    ReadText text(Digest change) {
        ReadTexts texts = draft.around.scrutiny().texts();
        return texts.find(change).orElseGet(() -> {
            Bytes text = read(LedgerKeys.text(change))
                    .orElseThrow(() -> new IllegalStateException("the text of " + change + " is gone"));
            try {
                return texts.read(new SignedMessage(text, change));
            } catch (ChangeException e) {
                throw new IllegalStateException("the ledger holds a text that is no change", e);
            }
        });
    }

    /** The values of its puts, in their order; all have come. */
    List<Bytes> values(ReadText change) {
        List<Bytes> values = new ArrayList<>();
        for (int i = 0; i < change.puts().size(); i++) {
            int index = i;
            values.add(read(LedgerKeys.value(change.digest(), i))
                    .orElseThrow(() -> new IllegalStateException("value " + index + " of " + change + " is gone")));
        }
        return values;
    }

    /** The change that made that revision; one did. */
    Digest loggedAt(long revision) {
        return read(LedgerKeys.logged(revision))
                .map(digest -> Digest.of(digest.shared()))
                .orElseThrow(() -> new IllegalStateException("no change made revision " + revision));
    }

    int valueCount(Digest change) {
        return Math.toIntExact(come(LedgerKeys.values(change)));
    }

    /** The first put whose value has not come; there is one. */
    int firstMissing(ReadText change) {
        int come = 0; // the values of so many first puts are all there
        int gap = change.puts().size();
        while (come < gap - 1) {
            int middle = (come + gap) >>> 1;
            if (hasValues(change.digest(), 0, middle)) {
                come = middle;
            } else {
                gap = middle;
            }
        }
        return come;
    }

    /** Whether the values of {@code count} puts, from {@code first} on, are all there. */
    boolean hasValues(Digest change, int first, int count) {
        return come(LedgerKeys.valuesOf(change, first, first + count)) == count;
    }

    private long come(KeySpan values) {
        return draft.tree.liveCount(Space.LEDGER.treeSpan(values));
    }

    void keepValue(Writer writer, Digest change, int index, Bytes value) {
        writer.putRecord(LedgerKeys.value(change, index), value);
    }

    private Optional<Bytes> read(Bytes key) {
        Optional<KeyVersion> version =
                draft.tree.get(Space.LEDGER.treeKey(key)).map(Leaf::head).filter(KeyVersion::isLive);
        return version.map(live -> draft.around
                .history()
                .value(live)
                .orElseThrow(() -> new IllegalStateException("the newest version is never removed: " + live)));
    }

    /** Whether one more of its author's may be kept, with all its values. */
    boolean hasRoom(ReadText change) {
        KeySpan ofAuthor = SystemSpace.authoredBy(change.content().author());
        if (draft.tree.liveCount(ofAuthor) >= MAX_BY_AUTHOR
                || draft.tree.liveCount(SystemSpace.ALL_AUTHORED) >= MAX_ALL) {
            return false;
        }
        long[] sum = {change.sizeBytes()};
        draft.tree.forEach(ofAuthor, record -> {
            sum[0] += BigEndian.getLong(resident(record).shared(), 0);
            return true;
        });
        return sum[0] <= MAX_BYTES_BY_AUTHOR;
    }

    /** Takes in a change that is in neither place, until its expiry at most. */
    void begin(ReadText change) {
        SignedText content = change.content();
        Bytes author = Bytes.utf8(content.author().text());
        Bytes size = Bytes.wrap(new ByteWriter(8).putLong(change.sizeBytes()).toArray());
        draft.putSystem(SystemSpace.expiry(content.expiresSeconds(), change.digest()), author);
        draft.putSystem(SystemSpace.authored(content.author(), change.digest()), size);
    }

    void keepText(Writer writer, ReadText change) {
        writer.putRecord(LedgerKeys.text(change.digest()), change.text());
    }

    void wait(Writer writer, Digest change, PendingRecord record) {
        writer.putRecord(LedgerKeys.pending(change), record.encode());
    }

    /** An executed change counts for nobody any more, and stays until it is {@link ChangeSweep swept}. */
    void settle(Writer writer, ReadText change, ChangeRecord record) {
        Digest digest = change.digest();
        writer.removeRecord(LedgerKeys.pending(digest));
        writer.removeRecord(LedgerKeys.text(digest));
        writer.removeRecords(LedgerKeys.values(digest));
        writer.putRecord(LedgerKeys.settled(digest), record.encode());
        if (record.revision() > 0) {
            writer.putRecord(LedgerKeys.logged(record.revision()), Bytes.wrap(digest.toArray()));
            draft.removeSystem(SystemSpace.expiry(change.content().expiresSeconds(), digest));
            draft.removeSystem(SystemSpace.authored(change.content().author(), digest));
        }
    }

    /** Forgets what has expired. */
    void dropExpired() {
        List<KeyVersion> over = new ArrayList<>();
        draft.tree.forEach(SystemSpace.expiredAt(draft.nowSeconds()), record -> {
            over.add(record);
            return over.size() < MAX_DROPPED_PER_BLOCK;
        });
        if (over.isEmpty()) {
            return;
        }
        draft.writeUnasked(writer -> over.forEach(expiry -> drop(writer, expiry)));
    }

    private void drop(Writer writer, KeyVersion expiry) {
        Digest digest = SystemSpace.expiring(expiry.treeKey());
        PrincipalName author = new PrincipalName(resident(expiry).toUtf8());
        writer.removeRecord(LedgerKeys.pending(digest));
        writer.removeRecord(LedgerKeys.text(digest));
        writer.removeRecord(LedgerKeys.settled(digest));
        writer.removeRecords(LedgerKeys.values(digest));
        draft.removeSystem(expiry.treeKey());
        draft.removeSystem(SystemSpace.authored(author, digest));
    }

    private static Bytes resident(KeyVersion system) {
        return system.value().resident().orElseThrow(() -> new IllegalStateException("system records stay in memory"));
    }
}
