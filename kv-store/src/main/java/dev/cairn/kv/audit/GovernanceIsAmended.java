package dev.cairn.kv.audit;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Optional;

/**
 * A change of the governance makes of the one that its author saw what its text says, and keeps the revisions that are kept. One
 * that does nothing but revoke does so whatever its author saw.
 */
final class GovernanceIsAmended implements ChangeRule {
    private static final Bytes KEY = Space.LEDGER.treeKey(LedgerKeys.GOVERNANCE);

    @Override
    public Optional<String> broken(Execution change) {
        if (!(change.text() instanceof AdminChange admin)) {
            return Optional.empty();
        }
        long since = change.before().lastWritten(KEY);
        if (since > admin.baseRevision() && !admin.onlyRevokes()) {
            return Optional.of("its author looked at revision " + admin.baseRevision()
                    + ", and the governance had changed at " + since);
        }
        return switch (change.governance().apply(admin, change.nowSeconds())) {
            case Amendment.Impossible(var why) -> Optional.of(why.getFirst().sentence());
            case Amendment.To(Governance next) ->
                lostRevision(change, admin, next).or(() -> otherThan(next, change));
        };
    }

    private static Optional<String> lostRevision(Execution change, AdminChange admin, Governance next) {
        long most = change.revision() - 1 - next.keepRevisions();
        return admin.operations().stream()
                .filter(operation -> operation instanceof AdminOperation.Compact compact && compact.revision() > most)
                .findFirst()
                .map(_ -> "it compacts revisions above " + most + ", which are kept");
    }

    private static Optional<String> otherThan(Governance next, Execution change) {
        Digest wanted = Hashing.sha256(next.text().shared());
        boolean isWritten = change.writes().stream()
                .map(KeyEvent::change)
                .anyMatch(version -> version.treeKey().equals(KEY)
                        && version.value().digest().equals(wanted));
        return isWritten || next.equals(change.governance())
                ? Optional.empty()
                : Optional.of("the governance that was written is not the one that its text leads to");
    }
}
