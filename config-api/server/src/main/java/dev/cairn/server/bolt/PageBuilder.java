package dev.cairn.server.bolt;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The elements of one page, leaf or branch, until it is full. A single element may be larger than a page; then it runs on. */
final class PageBuilder {
    /** Of a leaf {@code value} and {@code flags}, of a branch {@code child}. */
    private static final class Element {
        final byte[] key;
        final byte @Nullable [] value;
        final int flags;
        final long child;

        Element(byte[] key, byte @Nullable [] value, int flags, long child) {
            this.key = key;
            this.value = value;
            this.flags = flags;
            this.child = child;
        }

        int bytes() {
            return Layout.ELEMENT_BYTES + key.length + (value == null ? 0 : value.length);
        }
    }

    private final int kind;
    private final List<Element> elements = new ArrayList<>();
    private int bytes = Layout.HEADER_BYTES;

    private PageBuilder(int kind) {
        this.kind = kind;
    }

    static PageBuilder leaf() {
        return new PageBuilder(Layout.LEAF);
    }

    static PageBuilder branch() {
        return new PageBuilder(Layout.BRANCH);
    }

    boolean isEmpty() {
        return elements.isEmpty();
    }

    int count() {
        return elements.size();
    }

    byte[] firstKey() {
        return elements.getFirst().key;
    }

    long onlyChild() {
        return elements.getFirst().child;
    }

    /** Whether the page is full: what would come next begins another. */
    boolean isFullFor(byte[] key, int valueBytes) {
        return !isEmpty() && bytes + Layout.ELEMENT_BYTES + key.length + valueBytes > Layout.PAGE_BYTES;
    }

    void addValue(byte[] key, byte[] value, int flags) {
        add(new Element(key, value, flags, 0));
    }

    void addChild(byte[] key, long child) {
        add(new Element(key, null, 0, child));
    }

    private void add(Element element) {
        elements.add(element);
        bytes = Math.addExact(bytes, element.bytes());
    }

    /** The page's bytes; and it is empty again. */
    byte[] take(long number) {
        int pages = Math.max(1, Math.ceilDiv(bytes, Layout.PAGE_BYTES));
        byte[] page = new byte[Math.multiplyExact(pages, Layout.PAGE_BYTES)];
        ByteBuffer out = Layout.littleEndian(page);
        out.putLong(number).putShort((short) kind).putShort((short) elements.size());
        out.putInt(pages - 1);
        int dataAt = Layout.HEADER_BYTES + elements.size() * Layout.ELEMENT_BYTES;
        for (Element element : elements) {
            int position = dataAt - out.position();
            if (element.value == null) {
                out.putInt(position).putInt(element.key.length).putLong(element.child);
            } else {
                out.putInt(element.flags).putInt(position);
                out.putInt(element.key.length).putInt(element.value.length);
            }
            out.put(dataAt, element.key);
            dataAt += element.key.length;
            if (element.value != null) {
                out.put(dataAt, element.value);
                dataAt += element.value.length;
            }
        }
        elements.clear();
        bytes = Layout.HEADER_BYTES;
        return page;
    }
}
