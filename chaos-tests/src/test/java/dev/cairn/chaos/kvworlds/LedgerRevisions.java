package dev.cairn.chaos.kvworlds;

import dev.cairn.kv.KvState;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.governed.Rules;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What blocks did, revision by revision, each with the rules that held just before it. */
final class LedgerRevisions {
    /**
     * One revision.
     *
     * @param seconds block time
     * @param signedWrites all that the block brought
     * @param clients what was written at clients' keys
     * @param ledger what was written in the ledger
     */
    record Revision(
            long number,
            long seconds,
            Rules rules,
            List<Operation.SignedWrite> signedWrites,
            List<KeyVersion> clients,
            List<KeyVersion> ledger) {
        boolean changesGovernance() {
            return ledger.stream().anyMatch(version -> version.key().equals(LedgerKeys.GOVERNANCE));
        }
    }

    private final Digest chain;
    private final Consumer<Revision> judge;
    private Rules rules;

    LedgerRevisions(Digest chain, Rules founding, Consumer<Revision> judge) {
        this.chain = chain;
        this.rules = founding;
        this.judge = judge;
    }

    /** The changes of the next block. */
    void add(KvState after, long seconds, List<Request> requests) {
        List<Operation.SignedWrite> signedWrites = signedWrites(requests);
        TreeMap<Long, List<KeyVersion>> byRevision = new TreeMap<>();
        after.changes()
                .forEach(event -> byRevision
                        .computeIfAbsent(event.change().modRevision(), _ -> new ArrayList<>())
                        .add(event.change()));
        byRevision.forEach((number, versions) -> {
            judge.accept(new Revision(
                    number, seconds, rules, signedWrites, of(Space.CLIENTS, versions), of(Space.LEDGER, versions)));
            versions.stream()
                    .filter(version -> version.treeKey().equals(Space.LEDGER.treeKey(LedgerKeys.GOVERNANCE)))
                    .forEach(version -> rules = Rules.of(chain, governance(value(version))));
        });
    }

    private static List<Operation.SignedWrite> signedWrites(List<Request> requests) {
        return requests.stream()
                .flatMap(request -> OperationCodec.decode(request.operations()).stream())
                .flatMap(List::stream)
                .map(operation -> operation instanceof Operation.Unique unique ? unique.operation() : operation)
                .filter(Operation.SignedWrite.class::isInstance)
                .map(Operation.SignedWrite.class::cast)
                .toList();
    }

    private static List<KeyVersion> of(Space space, List<KeyVersion> versions) {
        return versions.stream()
                .filter(version -> space.holds(version.treeKey()))
                .toList();
    }

    static Bytes value(KeyVersion version) {
        return version.value().resident().orElseThrow();
    }

    private static Governance governance(Bytes text) {
        try {
            return Governance.parse(text);
        } catch (ChangeException e) {
            throw new IllegalStateException("the ledger holds a text that is no governance", e);
        }
    }
}
