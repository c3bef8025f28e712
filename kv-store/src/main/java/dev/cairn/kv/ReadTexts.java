package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRefusal;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SignedMessage;
import dev.cairn.ssh.VerdictMemory;
import java.util.Optional;

/**
 * Reads signed texts and remembers what was read, as a change comes back with every approval and value; and of texts that cannot
 * be read, why. Each of the two has a bound of its own, and what was used longest ago goes first. For many threads; where two
 * read the same text at a time, either's is remembered.
 */
final class ReadTexts {
    /** Of what was read; the largest texts are a few times larger than they were before reading. */
    static final long MAX_BYTES = 32 << 20;

    /** Of reasons. */
    static final long MAX_REASON_BYTES = 1 << 20;

    private static final int BYTES_PER_TEXT_BYTE = 4;
    private static final int BYTES_PER_ENTRY = 512;

    private final VerdictMemory<ReadText> read = new VerdictMemory<>(
            MAX_BYTES,
            text -> BYTES_PER_ENTRY + (long) BYTES_PER_TEXT_BYTE * text.text().size());
    private final VerdictMemory<Unreadable> unreadable = new VerdictMemory<>(
            MAX_REASON_BYTES, why -> BYTES_PER_ENTRY + 2L * why.message().length());

    private record Unreadable(ChangeRefusal reason, String message) {
        ChangeException exception() {
            return new ChangeException(reason, message);
        }
    }

    /** A text that was read before and is still remembered. */
    Optional<ReadText> find(Digest digest) {
        return read.get(digest);
    }

    ReadText read(SignedMessage message) throws ChangeException {
        Optional<ReadText> known = read.get(message.digest());
        if (known.isPresent()) {
            return known.get();
        }
        Optional<Unreadable> why = unreadable.get(message.digest());
        if (why.isPresent()) {
            throw why.get().exception();
        }
        try {
            ReadText text = ReadText.of(message);
            read.put(message.digest(), text);
            return text;
        } catch (ChangeException e) {
            unreadable.put(message.digest(), new Unreadable(e.reason(), e.getMessage()));
            throw e;
        }
    }

    /** Texts that were read from their bytes, or could not be; those remembered do not count. */
    long tried() {
        return read.added() + unreadable.added();
    }

    /** What is remembered of both kinds, about. */
    long heldBytes() {
        return read.heldWeight() + unreadable.heldWeight();
    }
}
