package dev.cairn.kv.audit;

import dev.cairn.kv.change.AdminChange;
import java.util.Optional;

/** The author looked at a state that there was; of keys, that could still be read when the change was taken in. */
final class BaseIsKnown implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        long base = change.text().baseRevision();
        long newest = change.revision() - 1;
        long oldest = change.text() instanceof AdminChange ? 0 : readableSince(change);
        return oldest <= base && base <= newest
                ? Optional.empty()
                : Optional.of("its base is revision " + base + ", and there were " + oldest + " to " + newest);
    }

    private static long readableSince(Execution change) {
        return change.earlier().map(Waiting::readableSince).orElse(change.readableSince());
    }
}
