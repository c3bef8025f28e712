package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where no change was executed nothing says that one was, nobody governs otherwise, and none that was executed is forgotten but
 * those that a signed compaction has passed, that have expired, and of which no key holds anything.
 */
final class LedgerIsKept {
    private LedgerIsKept() {}

    /** @param mustStay whether the record of this key is of an executed change that must not be forgotten */
    static Optional<String> broken(List<KeyEvent> writes, Predicate<Bytes> mustStay) {
        return writes.stream()
                .filter(event -> Space.LEDGER.holds(event.change().treeKey()))
                .filter(event -> !isKept(event, mustStay))
                .findFirst()
                .map(event -> "the record " + ChangeText.printKey(event.change().key()) + " was "
                        + (event.isPut() ? "written" : "removed") + ", and no change was executed");
    }

    private static boolean isKept(KeyEvent event, Predicate<Bytes> mustStay) {
        Bytes key = event.change().key();
        if (key.equals(LedgerKeys.GOVERNANCE)) {
            return false;
        }
        if (LedgerKeys.ALL_LOGGED.contains(key)) {
            return !event.isPut() && !mustStay.test(key);
        }
        if (!LedgerKeys.ALL_SETTLED.contains(key)) {
            return true;
        }
        return event.isPut()
                ? ChangeRecord.decode(event.change().value().resident().orElseThrow())
                                .standing()
                        != ChangeStanding.EXECUTED
                : !mustStay.test(key);
    }
}
