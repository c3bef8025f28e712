package dev.cairn.chaos.mutants;

import static dev.cairn.chaos.mutants.Mutant.edit;

import java.util.List;

/** What people get wrong where a state comes from others. */
final class TransferMutants {
    static final List<Mutant> ALL = List.of(
            Mutant.of(
                    "a part of a state that proves nothing counts as here",
                    edit(
                            "Transfer",
                            "current.useless.add(judged.source());\n                core.transition(new"
                                    + " Transition.ChunkRefused(",
                            "current.missing.remove(judged.from(), Optional.empty());\n               "
                                    + " core.transition(new Transition.ChunkRefused("),
                    edit("Transfer", "if (!completed.sound()) {", "if (false) {")),
            Mutant.of(
                            "an offered state needs no certificate",
                            edit(
                                    "Authenticator",
                                    "&& isValidCertificate(proof, Phase.COMMIT)\n                && isOurBody(m.anchor());",
                                    "&& isOurBody(m.anchor());"))
                    .livingIn(Habitat.TRANSFERS),
            Mutant.of(
                    "the history in an offer is not checked",
                    edit("Authenticator", "&& m.history().root().equals(anchor.historyRoot())", "")),
            Mutant.of(
                    "a state is installed before it is durable",
                    edit(
                            "Transfer",
                            "core.emit(new Effect.CompleteSnapshot(current.digest()));",
                            "install(current.offer);")),
            Mutant.of(
                            "a state below the own head is taken",
                            edit("Transfer", ".orElse(anchor.isAbove(chain.headHeight()));", ".orElse(true);"),
                            edit(
                                    "Transfer",
                                    "} else if (!offer.anchor().height().isAbove(sought.above())) {",
                                    "} else if (false) {"))
                    .livingIn(Habitat.TRANSFERS),
            Mutant.of(
                            "votes are forgotten when a state is installed",
                            edit(
                                    "Replica",
                                    "new VoteLedger(view.number(), floor, recovery.votes());",
                                    "new VoteLedger(view.number(), floor, recovery.snapshot().isPresent() ? List.of() :"
                                            + " recovery.votes());"))
                    .livingIn(Habitat.VOTES_UNDER_WAY),
            Mutant.of(
                    "a state that is kept for others is discarded",
                    edit(
                            "Snapshots",
                            "pinned.ifPresentOrElse(pin -> pin.superseded = true, () ->",
                            "pinned.ifPresentOrElse(pin -> core.emit(new Effect.Discard(execution)), () ->")),
            Mutant.of(
                    "a wrong state is noticed and not replaced",
                    edit("CatchUp", "transfer.seekRepair();", "core.isHalted();")),
            Mutant.of(
                            "a transfer that brings nothing is never given up",
                            edit(
                                    "Transfer",
                                    "&& core.ticks() - current.progressTick(1) > core.timeouts.transferTicks();",
                                    "&& core.isHalted();"),
                            edit(
                                    "Transfer",
                                    "&& core.ticks() - current.progressTick(core.quorums.weakQuorum()) >"
                                            + " current.patienceTicks;",
                                    "&& core.isHalted();"))
                    .livingIn(Habitat.TRANSFERS));

    private TransferMutants() {}
}
