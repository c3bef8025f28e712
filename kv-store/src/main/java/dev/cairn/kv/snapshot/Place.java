package dev.cairn.kv.snapshot;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.Comparator;

/**
 * A place between the versions that a state holds: behind every smaller key, and behind this key's versions of lower
 * index. The index of a version is how many came before it in the key's history.
 */
public record Place(Bytes treeKey, long index) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::treeKey).thenComparingLong(Place::index);

    private static final int ESCAPED_ZERO = 0xff;

    public Place {
        if (index < 0) {
            throw new IllegalArgumentException("an index is not negative: " + index);
        }
    }

    /** Before the key's first version. */
    public static Place before(Bytes treeKey) {
        return new Place(treeKey, 0);
    }

    /** Where the versions begin that a part gives. */
    static Place startOf(KeyPart part) {
        return new Place(part.treeKey(), part.before().size());
    }

    /** Behind the last version that a part gives. */
    static Place endOf(KeyPart part) {
        return new Place(part.treeKey(), part.before().size() + part.versions().size());
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    /**
     * Bytes that sort as places do: each zero byte of the key escaped by 0xff, two zero bytes at its end, and the index
     * if it is not 0. The first place of all is empty.
     */
    public Bytes encode() {
        if (treeKey.isEmpty() && index == 0) {
            return Bytes.EMPTY;
        }
        ByteWriter out = new ByteWriter(treeKey.size() + 16);
        for (int i = 0; i < treeKey.size(); i++) {
            out.putByte(treeKey.at(i));
            if (treeKey.at(i) == 0) {
                out.putByte(ESCAPED_ZERO);
            }
        }
        out.putByte(0).putByte(0);
        if (index > 0) {
            out.putLong(index);
        }
        return Bytes.wrap(out.toArray());
    }

    /** The lowest place whose encoding is not below these bytes, whatever they are. */
    public static Place atOrAfter(Bytes bytes) {
        ByteWriter key = new ByteWriter(bytes.size());
        int at = 0;
        while (at < bytes.size()) {
            int here = bytes.at(at);
            int next = at + 1 < bytes.size() ? bytes.at(at + 1) & 0xff : 0;
            if (here == 0 && next == 0) {
                return withIndex(Bytes.wrap(key.toArray()), bytes, at + 2);
            }
            key.putByte(here);
            if (here == 0 && next != ESCAPED_ZERO) {
                break; // behind the key that ends here, before all that go on with a zero byte
            }
            at += here == 0 ? 2 : 1;
        }
        return before(Bytes.wrap(key.toArray()));
    }

    /** {@code bytes} from {@code at} on stand for an index, if they are eight. */
    private static Place withIndex(Bytes treeKey, Bytes bytes, int at) {
        int given = Math.max(0, bytes.size() - at);
        byte[] padded = new byte[Long.BYTES];
        System.arraycopy(bytes.shared(), Math.min(at, bytes.size()), padded, 0, Math.min(Long.BYTES, given));
        long index = BigEndian.getLong(padded, 0) + (given > Long.BYTES ? 1 : 0);
        if (index == 0) {
            return new Place(treeKey, given > 0 ? 1 : 0); // 0 itself is not written
        }
        return index < 0 ? before(KeySpan.successor(treeKey)) : new Place(treeKey, index);
    }
}
