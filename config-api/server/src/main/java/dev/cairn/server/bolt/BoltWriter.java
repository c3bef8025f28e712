package dev.cairn.server.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a database of buckets, one after the other, each of keys in ascending order. Memory is bounded by a few pages and
 * the largest value, however many keys there are. The file is a database once {@link #finish} has returned.
 */
public final class BoltWriter implements AutoCloseable {
    /** Two metas and the list of free pages, of which there are none. */
    private static final int FIRST_PAGES = 3;

    private static final int FREELIST_PAGE = 2;
    private static final long TRANSACTION = 1;

    private final FileChannel file;
    private final PageFile pages;
    private final Map<String, Long> roots = new TreeMap<>();

    private BoltWriter(FileChannel file) throws IOException {
        this.file = file;
        this.pages = new PageFile(file, FIRST_PAGES);
    }

    /** Makes a file, which must not be there. */
    public static BoltWriter create(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        try {
            return new BoltWriter(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Fills a bucket. */
    public interface Filling {
        void fill(Bucket bucket) throws IOException;
    }

    /** Where a bucket's pairs go. */
    public interface Bucket {
        /**
         * Writes a pair.
         *
         * @throws IllegalArgumentException unless the key is above the one before it
         */
        void put(byte[] key, byte[] value) throws IOException;
    }

    /** Writes one bucket, whole; its name in ASCII, each once. */
    public void bucket(String name, Filling filling) throws IOException {
        TreeWriter tree = new TreeWriter(pages);
        filling.fill((key, value) -> tree.put(key, value, 0));
        if (roots.put(name, tree.finish()) != null) {
            throw new IllegalArgumentException("two buckets " + name);
        }
    }

    /** Writes what ties the buckets together. */
    public void finish() throws IOException {
        TreeWriter root = new TreeWriter(pages);
        for (Map.Entry<String, Long> bucket : roots.entrySet()) {
            byte[] value = new byte[Layout.BUCKET_BYTES];
            Layout.littleEndian(value).putLong(bucket.getValue());
            root.put(bucket.getKey().getBytes(StandardCharsets.US_ASCII), value, Layout.IS_BUCKET);
        }
        long rootPage = root.finish();
        pages.flush();
        write(0, meta(0, TRANSACTION - 1, rootPage));
        write(1, meta(1, TRANSACTION, rootPage));
        byte[] freelist = new byte[Layout.PAGE_BYTES];
        Layout.littleEndian(freelist).putLong(FREELIST_PAGE).putShort((short) Layout.FREELIST);
        write(FREELIST_PAGE, freelist);
    }

    private byte[] meta(int number, long transaction, long rootPage) {
        byte[] page = new byte[Layout.PAGE_BYTES];
        ByteBuffer out = Layout.littleEndian(page);
        out.putLong(number).putShort((short) Layout.META).position(Layout.HEADER_BYTES);
        out.putInt(Layout.MAGIC)
                .putInt(Layout.VERSION)
                .putInt(Layout.PAGE_BYTES)
                .putInt(0);
        out.putLong(rootPage).putLong(0).putLong(FREELIST_PAGE);
        out.putLong(pages.next()).putLong(transaction);
        int from = Layout.HEADER_BYTES;
        out.putLong(Layout.checksum(page, from, from + Layout.CHECKSUM_AT));
        return page;
    }

    private void write(long number, byte[] page) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(page);
        while (bytes.hasRemaining()) {
            file.write(bytes, number * Layout.PAGE_BYTES + bytes.position());
        }
    }

    /** What has been written so far, about. */
    public long sizeBytes() {
        return pages.next() * Layout.PAGE_BYTES;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
