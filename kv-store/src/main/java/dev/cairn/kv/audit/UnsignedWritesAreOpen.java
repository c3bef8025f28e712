package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import java.util.List;
import java.util.Optional;

/** Where no change was executed only open keys were written. */
final class UnsignedWritesAreOpen {
    private UnsignedWritesAreOpen() {}

    static Optional<String> broken(GuardTable guards, List<KeyEvent> writes) {
        return writes.stream()
                .map(KeyEvent::change)
                .filter(version ->
                        Space.CLIENTS.holds(version.treeKey()) && !guards.isOpen(KeySpan.single(version.key())))
                .findFirst()
                .map(version -> "key " + ChangeText.printKey(version.key()) + " was written, and nobody signed that");
    }
}
