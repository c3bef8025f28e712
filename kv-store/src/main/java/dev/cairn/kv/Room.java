package dev.cairn.kv;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.SignedText;

/**
 * At what weight of the tree a signed change is not taken in any more. The last eighth is for changes that a guard decides on;
 * what only takes away, or what the registry's guard decides on, is always taken in: it is how a full store is emptied, and whoever
 * filled it is stopped. Who owns a prefix fills no more with guards than gateways with keys.
 */
final class Room {
    private Room() {}

    static long treeBytes(Draft draft, SignedText text) {
        return switch (text) {
            case AdminChange change ->
                draft.governance.isRegistrys(change, draft.nowSeconds())
                        ? Long.MAX_VALUE
                        : draft.around.limits().openTreeBytes();
            case Change change -> {
                boolean isOpen = change.operations().stream()
                        .allMatch(operation -> draft.governance.guards().isOpen(operation.span()));
                boolean adds = change.operations().stream().anyMatch(ChangeOperation.Put.class::isInstance);
                Limits limits = draft.around.limits();
                if (isOpen) {
                    yield limits.openTreeBytes();
                }
                yield adds ? limits.treeBytes() : Long.MAX_VALUE;
            }
        };
    }
}
