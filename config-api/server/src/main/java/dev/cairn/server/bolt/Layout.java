package dev.cairn.server.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where things lie in a page. All numbers are little-endian. A page starts with its number, its kind, how many elements it
 * has and by how many pages it runs on; the elements follow, and behind them the bytes they point to, each from its own
 * place.
 */
final class Layout {
    /** What is written; readers take the size that the file names. */
    static final int PAGE_BYTES = 4096;

    static final int HEADER_BYTES = 16;
    static final int FLAGS_AT = 8;
    static final int COUNT_AT = 10;
    static final int OVERFLOW_AT = 12;
    /** Of an element, in leaves and in branches. */
    static final int ELEMENT_BYTES = 16;

    static final int BRANCH = 0x01;
    static final int LEAF = 0x02;
    static final int META = 0x04;
    static final int FREELIST = 0x10;

    /** The flag of a leaf's element whose value is a bucket: its root's page and a sequence number. */
    static final int IS_BUCKET = 0x01;

    static final int BUCKET_BYTES = 16;

    static final int MAGIC = 0xED0CDAED;
    static final int VERSION = 2;
    /** Of what a meta page says, behind its header; the checksum covers what is before it. */
    static final int META_BYTES = 64;

    static final int CHECKSUM_AT = 56;

    private Layout() {}

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** FNV-1a. */
    static long checksum(byte[] bytes, int from, int to) {
        long hash = 0xcbf29ce484222325L;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
