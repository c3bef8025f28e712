package dev.cairn.cli.bench;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the writer puts at the head of each watched value, so that a watcher knows which write it sees and how old it is.
 *
 * @param phase tells the writes of one phase of one run from all others
 * @param index the number of the write, or {@link #END}
 * @param sentNanos when the write started, by the clock of this process
 */
record Stamp(long phase, long index, long sentNanos) {
    /** The index of the write after the last one: whoever sees it will see no more of the phase. */
    static final long END = -1;

    static final int BYTES = 3 * Long.BYTES;

    ByteString ahead(ByteString value) {
        ByteBuffer head = ByteBuffer.allocate(BYTES);
        head.putLong(phase).putLong(index).putLong(sentNanos).flip();
        return ByteString.copyFrom(head).concat(value.substring(BYTES));
    }

    static Optional<Stamp> in(ByteString value) {
        if (value.size() < BYTES) {
            return Optional.empty();
        }
        ByteBuffer head = value.substring(0, BYTES).asReadOnlyByteBuffer();
        return Optional.of(new Stamp(head.getLong(), head.getLong(), head.getLong()));
    }
}
