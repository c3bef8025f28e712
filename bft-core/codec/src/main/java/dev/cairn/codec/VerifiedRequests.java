package dev.cairn.codec;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Signature;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which signatures on requests held: a request comes to a replica up to three times, by its gateway, by the
 * block, by a relay. A fixed number of places without locks; a newer request takes an older one's place.
 */
final class VerifiedRequests {
    private static final int PLACES = 1 << 13;

    private record Entry(Digest message, Signature signature) {}

    private final AtomicReferenceArray<@Nullable Entry> entries = new AtomicReferenceArray<>(PLACES);

    /** @param message what was signed, by its SHA-256 */
    boolean contains(Digest message, Signature signature) {
        Entry entry = entries.get(place(message));
        return entry != null
                && entry.message.equals(message)
                && entry.signature.bytes().equals(signature.bytes());
    }

    void add(Digest message, Signature signature) {
        entries.set(place(message), new Entry(message, signature));
    }

    private static int place(Digest digest) {
        return (int) digest.d() & (PLACES - 1);
    }
}
