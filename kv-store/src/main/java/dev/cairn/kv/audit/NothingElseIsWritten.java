package dev.cairn.kv.audit;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All keys that the text names were written, each once, and in that revision none but these and the ledger's own. */
final class NothingElseIsWritten implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        Map<Bytes, Boolean> expected = new LinkedHashMap<>();
        Set<Bytes> optional = new LinkedHashSet<>();
        expectRecords(change, expected);
        switch (change.text()) {
            case Change keys -> keys.operations().forEach(operation -> expectKeys(operation, change, expected));
            case AdminChange _ -> {
                Bytes governance = Space.LEDGER.treeKey(LedgerKeys.GOVERNANCE);
                expected.put(governance, true);
                optional.add(governance); // one that comes to the same is not written anew
            }
        }
        for (KeyEvent event : change.writes()) {
            KeyVersion version = event.change();
            if (!Boolean.valueOf(version.isLive()).equals(expected.remove(version.treeKey()))) {
                return Optional.of((version.isLive() ? "it put " : "it deleted ") + name(version.treeKey())
                        + ", unasked or twice");
            }
        }
        expected.keySet().removeAll(optional);
        return expected.keySet().stream().min(Bytes::compareTo).map(key -> "it left out " + name(key));
    }

    private static void expectRecords(Execution change, Map<Bytes, Boolean> expected) {
        expected.put(Space.LEDGER.treeKey(LedgerKeys.settled(change.digest())), true);
        expected.put(Space.LEDGER.treeKey(LedgerKeys.logged(change.revision())), true);
        for (Bytes waiting : List.of(LedgerKeys.pending(change.digest()), LedgerKeys.text(change.digest()))) {
            Bytes treeKey = Space.LEDGER.treeKey(waiting);
            change.before().live(treeKey).ifPresent(_ -> expected.put(treeKey, false));
        }
        expectDeleted(change.before().liveIn(Space.LEDGER.treeSpan(LedgerKeys.values(change.digest()))), expected);
    }

    private static void expectKeys(ChangeOperation operation, Execution change, Map<Bytes, Boolean> expected) {
        switch (operation) {
            case ChangeOperation.Put put -> expected.put(Space.CLIENTS.treeKey(put.key()), true);
            case ChangeOperation.Delete _, ChangeOperation.DeleteRange _ ->
                expectDeleted(change.before().liveIn(Space.CLIENTS.treeSpan(operation.span())), expected);
        }
    }

    private static void expectDeleted(Collection<Bytes> keys, Map<Bytes, Boolean> expected) {
        keys.forEach(key -> expected.put(key, false));
    }

    private static String name(Bytes treeKey) {
        return (Space.CLIENTS.holds(treeKey) ? "key " : "the record ") + ChangeText.printKey(Space.key(treeKey));
    }
}
