package dev.cairn.kv.governed;

import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** What somebody sees who drafts a change. */
public interface Seen {
    long revision();

    Optional<Entry> entry(Bytes key);

    Rules rules();
}
