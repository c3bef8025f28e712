package dev.cairn.kv.audit;

import dev.cairn.kv.model.ChangeStanding;
import java.util.Optional;

/** What the ledger keeps of a change is what happened: it, then, and there. */
final class RecordTellsTheTruth implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        if (!change.text().digest().equals(change.digest())) {
            return Optional.of(
                    "its record has the text of " + change.text().digest().toHex());
        }
        if (change.record().standing() != ChangeStanding.EXECUTED) {
            return Optional.of(
                    "it was written, and its record says " + change.record().standing());
        }
        if (change.record().revision() != change.revision()) {
            return Optional.of("it made revision " + change.revision() + ", and its record says "
                    + change.record().revision());
        }
        return change.record().settledSeconds() == change.nowSeconds()
                ? Optional.empty()
                : Optional.of("it was executed at second " + change.nowSeconds() + ", and its record says "
                        + change.record().settledSeconds());
    }
}
