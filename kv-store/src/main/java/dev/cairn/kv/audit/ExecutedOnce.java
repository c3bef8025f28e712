package dev.cairn.kv.audit;

import java.util.Optional;

/** What was executed, withdrawn or in conflict never comes back. */
final class ExecutedOnce implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        return change.settledBefore() ? Optional.of("it had been settled before") : Optional.empty();
    }
}
