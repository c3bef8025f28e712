package dev.cairn.kv.model;

import java.util.Optional;

/** One change of one key. {@code previous} is the live version before it: nothing for a creation. */
public record KeyEvent(KeyVersion change, Optional<KeyVersion> previous) {
    public boolean isPut() {
        return change.isLive();
    }
}
