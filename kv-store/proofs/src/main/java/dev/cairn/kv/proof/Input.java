package dev.cairn.kv.proof;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads consecutive fields of bytes that anybody may have written. */
public final class Input {
    private final byte[] bytes;
    private int at;

    public Input(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isAtEnd() {
        return at == bytes.length;
    }

    public void requireEnd() throws InvalidProofException {
        if (!isAtEnd()) {
            throw new InvalidProofException(Refusal.MALFORMED, "bytes behind the end");
        }
    }

    public int nextByte() throws InvalidProofException {
        return bytes[take(1)];
    }

    public boolean nextFlag() throws InvalidProofException {
        int flag = nextByte();
        if (flag != 0 && flag != 1) {
            throw new InvalidProofException(Refusal.MALFORMED, "a flag is 0 or 1, not " + flag);
        }
        return flag == 1;
    }

    public int nextInt() throws InvalidProofException {
        return BigEndian.getInt(bytes, take(4));
    }

    public long nextLong() throws InvalidProofException {
        return BigEndian.getLong(bytes, take(8));
    }

    /** A number of things of which each takes a byte or more, so that a lie makes no room for more than was sent. */
    public int nextCount() throws InvalidProofException {
        int count = nextInt();
        if (count < 0 || count > bytes.length - at) {
            throw new InvalidProofException(Refusal.MALFORMED, "the bytes end before " + count + " things");
        }
        return count;
    }

    public Digest nextDigest() throws InvalidProofException {
        return Digest.read(bytes, take(Digest.BYTES));
    }

    public List<Digest> nextDigests(int count) throws InvalidProofException {
        List<Digest> digests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            digests.add(nextDigest());
        }
        return digests;
    }

    public Bytes nextBytes() throws InvalidProofException {
        int length = nextInt();
        int start = take(length);
        return Bytes.wrap(Arrays.copyOfRange(bytes, start, start + length));
    }

    private int take(int count) throws InvalidProofException {
        if (count < 0 || count > bytes.length - at) {
            throw new InvalidProofException(Refusal.MALFORMED, "the bytes end within a field");
        }
        int start = at;
        at += count;
        return start;
    }
}
