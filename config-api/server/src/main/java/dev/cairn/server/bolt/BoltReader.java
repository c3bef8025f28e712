package dev.cairn.server.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a database that nobody writes. A page is in memory at a time for each level of a tree. Bytes that are no database
 * end in a {@link BoltException}, whatever they are.
 */
public final class BoltReader implements AutoCloseable {
    private static final int MIN_PAGE_BYTES = 512;
    private static final int MAX_PAGE_BYTES = 1 << 16;
    private static final long MAX_LEAF_BYTES = 64 << 20;
    /** Of keys alone, which have 32 KiB at most. */
    private static final long MAX_BRANCH_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 64;

    private record Meta(int pageBytes, long root, long pages, long transaction) {}

    private final FileChannel file;
    private final Meta meta;

    private BoltReader(FileChannel file) throws IOException, BoltException {
        this.file = file;
        this.meta = newest();
    }

    public static BoltReader open(Path path) throws IOException, BoltException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new BoltReader(file);
        } catch (IOException | BoltException e) {
            file.close();
            throw e;
        }
    }

    /** Of the two metas, which are written in turn, the newest that is whole. The first names the page size, if it is whole. */
    private Meta newest() throws IOException, BoltException {
        Meta found = meta(0);
        for (int size = MIN_PAGE_BYTES; size <= MAX_PAGE_BYTES; size *= 2) {
            Meta second = meta(size);
            if (second != null
                    && second.pageBytes() == size
                    && (found == null || second.transaction() > found.transaction())) {
                found = second;
            }
        }
        if (found == null) {
            throw new BoltException("the file is no bbolt database, or its beginning is damaged");
        }
        if (found.pages() > file.size() / found.pageBytes()) {
            throw new BoltException("the file is cut short: it should have " + found.pages() + " pages of "
                    + found.pageBytes() + " bytes, and has " + file.size() + " bytes");
        }
        return found;
    }

    private @Nullable Meta meta(long at) throws IOException {
        byte[] bytes = new byte[Layout.META_BYTES];
        if (!read(bytes, at + Layout.HEADER_BYTES)) {
            return null;
        }
        ByteBuffer in = Layout.littleEndian(bytes);
        int pageBytes = in.getInt(8);
        boolean whole = in.getInt(0) == Layout.MAGIC
                && in.getInt(4) == Layout.VERSION
                && in.getLong(Layout.CHECKSUM_AT) == Layout.checksum(bytes, 0, Layout.CHECKSUM_AT);
        boolean sound = whole
                && pageBytes >= MIN_PAGE_BYTES
                && pageBytes <= MAX_PAGE_BYTES
                && Integer.bitCount(pageBytes) == 1
                && in.getLong(40) > 0;
        return sound ? new Meta(pageBytes, in.getLong(16), in.getLong(40), in.getLong(48)) : null;
    }

    /** Takes a bucket's pairs in the order of their keys. */
    public interface Visitor<X extends Exception> {
        void visit(byte[] key, byte[] value) throws X;
    }

    /**
     * Visits each pair of a bucket from key {@code from} on, but none that is a bucket itself. False if there is no such
     * bucket.
     */
    public <X extends Exception> boolean forEach(String bucket, byte[] from, Visitor<X> visitor)
            throws IOException, BoltException, X {
        Optional<BoltPage> root = bucket(bucket.getBytes(StandardCharsets.US_ASCII));
        if (root.isPresent()) {
            new Walk<>(from, visitor).under(root.get(), 0);
        }
        return root.isPresent();
    }

    /** The value of one key, unless that is a bucket itself. Reads a page of each level. */
    public Optional<byte[]> find(String bucket, byte[] key) throws IOException, BoltException {
        Optional<BoltPage> root = bucket(bucket.getBytes(StandardCharsets.US_ASCII));
        Optional<Element> found = root.isPresent() ? find(root.get(), key) : Optional.empty();
        return found.isPresent() && !found.get().page().isBucket(found.get().index())
                ? Optional.of(found.get().value())
                : Optional.empty();
    }

    private Optional<BoltPage> bucket(byte[] name) throws IOException, BoltException {
        Optional<Element> found = find(page(meta.root()), name);
        return found.isPresent() && found.get().page().isBucket(found.get().index())
                ? Optional.of(root(found.get().page(), found.get().value()))
                : Optional.empty();
    }

    private record Element(BoltPage page, int index) {
        byte[] value() throws BoltException {
            return page.leafValue(index);
        }
    }

    private Optional<Element> find(BoltPage root, byte[] key) throws IOException, BoltException {
        BoltPage page = root;
        for (int depth = 0; page.isBranch(); depth++) {
            requireDepth(page, depth);
            int index = childFor(page, key);
            if (index < 0) {
                return Optional.empty();
            }
            page = page(page.child(index));
        }
        for (int i = 0; i < page.count(); i++) {
            if (Arrays.equals(page.leafKey(i), key)) {
                return Optional.of(new Element(page, i));
            }
        }
        return Optional.empty();
    }

    /** A small bucket's only page stands in the value itself. */
    private BoltPage root(BoltPage holder, byte[] value) throws IOException, BoltException {
        if (value.length < Layout.BUCKET_BYTES) {
            throw holder.damaged("has a bucket without a root");
        }
        long page = Layout.littleEndian(value).getLong();
        if (page != 0) {
            return page(page);
        }
        byte[] inline = Arrays.copyOfRange(value, Layout.BUCKET_BYTES, value.length);
        if (inline.length < Layout.HEADER_BYTES) {
            throw holder.damaged("has a bucket cut short");
        }
        BoltPage only = new BoltPage(holder.number(), inline);
        if (only.isBranch()) {
            throw holder.damaged("has a branch in a value");
        }
        return only;
    }

    /** The last child whose first key is not above {@code key}; the first if all are; -1 of a page without children. */
    private static int childFor(BoltPage branch, byte[] key) throws BoltException {
        int count = branch.count();
        int found = count == 0 ? -1 : 0;
        for (int i = 1; i < count && Arrays.compareUnsigned(branch.branchKey(i), key) <= 0; i++) {
            found = i;
        }
        return found;
    }

    private static void requireDepth(BoltPage page, int depth) throws BoltException {
        if (depth >= MAX_DEPTH) {
            throw page.damaged("is part of a ring");
        }
    }

    private BoltPage page(long number) throws IOException, BoltException {
        if (number < 2 || number >= meta.pages()) {
            throw new BoltException("the file is damaged: it names page " + number + " of " + meta.pages());
        }
        byte[] header = new byte[Layout.HEADER_BYTES];
        long at = number * meta.pageBytes();
        requireRead(number, header, at);
        ByteBuffer in = Layout.littleEndian(header);
        long run = 1 + Integer.toUnsignedLong(in.getInt(Layout.OVERFLOW_AT));
        long most = in.getShort(Layout.FLAGS_AT) == Layout.LEAF ? MAX_LEAF_BYTES : MAX_BRANCH_BYTES;
        if (in.getLong(0) != number || number + run > meta.pages() || run * meta.pageBytes() > most) {
            throw new BoltException("the file is damaged: page " + number + " is not what it should be");
        }
        byte[] bytes = new byte[(int) (run * meta.pageBytes())];
        requireRead(number, bytes, at);
        return new BoltPage(number, bytes);
    }

    private void requireRead(long number, byte[] bytes, long at) throws IOException, BoltException {
        if (!read(bytes, at)) {
            throw new BoltException("the file is cut short in page " + number);
        }
    }

    private boolean read(byte[] bytes, long at) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(bytes);
        while (into.hasRemaining()) {
            if (file.read(into, at + into.position()) < 0) {
                return false;
            }
        }
        return true;
    }

    /** One visit of a tree, whose keys ascend over all of it, and which has no more pages than the file. */
    private final class Walk<X extends Exception> {
        private final byte[] from;
        private final Visitor<X> visitor;
        private byte @Nullable [] last;
        private long pages;

        Walk(byte[] from, Visitor<X> visitor) {
            this.from = from;
            this.visitor = visitor;
        }

        void under(BoltPage page, int depth) throws IOException, BoltException, X {
            requireDepth(page, depth);
            pages += page.sizeBytes() / meta.pageBytes();
            if (pages > meta.pages()) {
                throw page.damaged("is reached more than once");
            }
            if (!page.isBranch()) {
                visit(page);
                return;
            }
            for (int i = Math.max(0, childFor(page, from)); i < page.count(); i++) {
                under(page(page.child(i)), depth + 1);
            }
        }

        private void visit(BoltPage leaf) throws BoltException, X {
            leaf.requireApart();
            for (int i = 0; i < leaf.count(); i++) {
                byte[] key = leaf.leafKey(i);
                if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
                    throw leaf.damaged("has keys out of order");
                }
                last = key;
                if (!leaf.isBucket(i) && Arrays.compareUnsigned(key, from) >= 0) {
                    visitor.visit(key, leaf.leafValue(i));
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
