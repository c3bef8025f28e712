package dev.cairn.server.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Pages in the order of their numbers, gathered into large writes. Those before {@code first} are written at the end. */
final class PageFile {
    private static final int GATHERED_BYTES = 1 << 20;

    private final FileChannel file;
    private final ByteBuffer gathered = ByteBuffer.allocate(GATHERED_BYTES);
    private long next;

    PageFile(FileChannel file, long first) throws IOException {
        this.file = file;
        this.next = first;
        file.position(first * Layout.PAGE_BYTES);
    }

    /** The number that the next page will have; and, at the end, how many there are. */
    long next() {
        return next;
    }

    /** Writes a page, which may run on: a whole number of pages' bytes. Returns its number. */
    long append(byte[] page) throws IOException {
        long number = next;
        next += page.length / Layout.PAGE_BYTES;
        if (page.length > gathered.remaining()) {
            flush();
        }
        if (page.length > gathered.capacity()) {
            write(ByteBuffer.wrap(page));
        } else {
            gathered.put(page);
        }
        return number;
    }

    void flush() throws IOException {
        write(gathered.flip());
        gathered.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }
}
