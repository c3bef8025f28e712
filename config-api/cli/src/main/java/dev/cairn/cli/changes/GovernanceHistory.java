package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.ChangeStanding;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Who governed when: as the chain was founded, and after each change of that, done here once more. So it needs no revision
 * that may have been compacted.
 *
 * @param byRevision what held from each revision on, the one that laid it down included; from 0 on there always is one
 */
record GovernanceHistory(NavigableMap<Long, Governance> byRevision) {
    static GovernanceHistory of(Ledger ledger) throws NotVerifiedException, Failure {
        NavigableMap<Long, Governance> all = new TreeMap<>();
        all.put(0L, Ledger.founding(ledger.pin()));
        if (ledger.governedSince() > 0) {
            for (ChangeRecord record : ledger.settled()) {
                if (record.standing() == ChangeStanding.EXECUTED && Texts.parse(record) instanceof AdminChange change) {
                    all.put(record.revision(), after(all.lastEntry().getValue(), change, record));
                }
            }
        }
        if (!all.lastEntry().getValue().equals(ledger.governance())) {
            throw new Failure("the changes of who governs that the cluster has do not lead to who governs now");
        }
        return new GovernanceHistory(all);
    }

    private static Governance after(Governance before, AdminChange change, ChangeRecord record) throws Failure {
        return switch (before.apply(change, record.settledSeconds())) {
            case Amendment.To(Governance after) -> after;
            case Amendment.Impossible(var why) ->
                throw new Failure("change " + change.digest().toHex() + " stands as executed and is impossible: "
                        + why.getFirst().sentence());
        };
    }

    /** What a change at that revision was admitted by; it may itself have altered it. */
    Governance before(long revision) {
        Map.Entry<Long, Governance> found = byRevision.lowerEntry(revision);
        return found.getValue();
    }
}
