package dev.cairn.codec;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
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

    boolean contains(byte[] message, Signature signature) {
        Digest digest = Hashing.sha256(message);
        Entry entry = entries.get(place(digest));
        return entry != null
                && entry.message.equals(digest)
                && entry.signature.bytes().equals(signature.bytes());
    }

    void add(byte[] message, Signature signature) {
        Digest digest = Hashing.sha256(message);
        entries.set(place(digest), new Entry(digest, signature));
    }

    private static int place(Digest digest) {
        return (int) digest.d() & (PLACES - 1);
    }
}
