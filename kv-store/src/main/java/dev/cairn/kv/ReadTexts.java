package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads signed texts and remembers the last {@value #REMEMBERED}: one comes back with every approval. For many threads; where
 * two read at a time, one of the texts may be forgotten.
 */
final class ReadTexts {
    private static final int REMEMBERED = 16;

    /** The newest first. */
    private volatile List<ReadText> recent = List.of();

    ReadText read(Bytes text) throws ChangeException {
        return read(Hashing.sha256(text.shared()), text);
    }

    /** The text with this digest. */
    ReadText read(Digest digest, Bytes text) throws ChangeException {
        List<ReadText> known = recent;
        for (ReadText each : known) {
            if (each.digest().equals(digest)) {
                return each;
            }
        }
        ReadText read = ReadText.of(digest, text);
        recent =
                Stream.concat(Stream.of(read), known.stream()).limit(REMEMBERED).toList();
        return read;
    }
}
