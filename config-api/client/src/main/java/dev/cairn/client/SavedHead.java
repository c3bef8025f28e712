package dev.cairn.client;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A head as it is kept between runs.
 *
 * @param confirmed when it was last proven that this was the newest head, or near it, in milliseconds since 1970
 * @param header canonical bytes
 * @param certificate canonical bytes; empty for the genesis block
 * @param peaks of the tree over all headers before it, 32 bytes each
 */
public record SavedHead(Instant confirmed, Bytes header, Bytes certificate, Bytes peaks) {
    private static final byte[] MAGIC = "cairn-head-1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED_BYTES = MAGIC.length + Long.BYTES + Header.ENCODED_BYTES + Integer.BYTES;

    static SavedHead of(TrustedHead head, Instant confirmed) {
        ByteWriter peaks = new ByteWriter(Digest.BYTES * head.history().peaks().size());
        head.history().peaks().forEach(peaks::putDigest);
        return new SavedHead(
                Instant.ofEpochMilli(confirmed.toEpochMilli()),
                Bytes.wrap(head.header().encode()),
                head.certificate()
                        .map(certificate -> Bytes.wrap(certificate.encode()))
                        .orElse(Bytes.EMPTY),
                Bytes.wrap(peaks.toArray()));
    }

    /** Higher in the chain, or as high and confirmed later. The bytes are not verified: of a damaged file anything may be true. */
    boolean isNewerThan(SavedHead other) {
        long mine = Header.decode(header.shared()).height().value();
        long theirs = Header.decode(other.header.shared()).height().value();
        return mine > theirs || (mine == theirs && confirmed.isAfter(other.confirmed));
    }

    /** For a file: a line that says what it is, and then the fields. */
    public byte[] encode() {
        return new ByteWriter(FIXED_BYTES + certificate.size() + peaks.size())
                .putRaw(MAGIC)
                .putLong(confirmed.toEpochMilli())
                .putRaw(header.shared())
                .putBytes(certificate)
                .putRaw(peaks.shared())
                .toArray();
    }

    /** The inverse of {@link #encode}; an {@link IllegalArgumentException} for what cannot be one. */
    public static SavedHead decode(byte[] bytes) {
        if (bytes.length < FIXED_BYTES || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IllegalArgumentException("it does not begin as a head's file does");
        }
        int at = MAGIC.length;
        Instant confirmed = Instant.ofEpochMilli(BigEndian.getLong(bytes, at));
        at += Long.BYTES;
        int certified = at + Header.ENCODED_BYTES;
        int certificateBytes = BigEndian.getInt(bytes, certified);
        int rest = bytes.length - FIXED_BYTES - certificateBytes;
        if (certificateBytes < 0 || rest < 0 || rest % Digest.BYTES != 0) {
            throw new IllegalArgumentException("its length is not that of a head's file");
        }
        int peaks = FIXED_BYTES + certificateBytes;
        return new SavedHead(
                confirmed,
                slice(bytes, at, certified),
                slice(bytes, FIXED_BYTES, peaks),
                slice(bytes, peaks, bytes.length));
    }

    private static Bytes slice(byte[] bytes, int from, int to) {
        return Bytes.wrap(Arrays.copyOfRange(bytes, from, to));
    }
}
