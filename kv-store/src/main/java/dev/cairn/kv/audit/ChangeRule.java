package dev.cairn.kv.audit;

import java.util.List;
import java.util.Optional;

/** What holds of every change that was executed. */
interface ChangeRule {
    List<ChangeRule> ALL = List.of(
            new RecordTellsTheTruth(),
            new ExecutedOnce(),
            new SignaturesHold(),
            new GuardsAreContent(),
            new BaseIsKnown(),
            new PreconditionsHold(),
            new GovernanceIsAmended(),
            new ValuesAreThoseSigned(),
            new NothingElseIsWritten());

    /** What is wrong, for people; nothing if it holds. */
    Optional<String> broken(Execution change);
}
