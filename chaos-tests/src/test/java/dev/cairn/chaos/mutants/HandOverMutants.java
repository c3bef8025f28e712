package dev.cairn.chaos.mutants;

import static dev.cairn.chaos.mutants.Mutant.edit;

import java.util.List;
import java.util.stream.Stream;

/** What goes wrong where a primary may leave office of itself. */
final class HandOverMutants {
    static final List<Mutant> ALL = Stream.of(
                    Mutant.of(
                            "a resignation needs no proof of office",
                            edit("Authenticator", ".orElse(why.view().equals(View.ZERO));", ".orElse(true);")),
                    Mutant.of(
                            "the proof of office may be of another view",
                            edit(
                                    "Authenticator",
                                    "proof.view().equals(why.view()) && isValidCertificate(proof, Phase.COMMIT)",
                                    "isValidCertificate(proof, Phase.COMMIT)")),
                    Mutant.of(
                            "the proof of office is not checked",
                            edit(
                                    "Authenticator",
                                    "proof.view().equals(why.view()) && isValidCertificate(proof, Phase.COMMIT)",
                                    "proof.view().equals(why.view())")),
                    Mutant.of(
                            "anybody resigns for a primary",
                            edit(
                                    "Authenticator",
                                    "ReplicaId primary = quorums.primary(why.view());",
                                    "ReplicaId primary = quorums.members().stream().filter(id -> isSigned(id,"
                                            + " Trigger.Resignation.statement(chainId, why.epoch(), why.view(),"
                                            + " why.heir()), why.signature())).findFirst().orElse(why.heir());")),
                    Mutant.of(
                            "a resignation leads to any later view",
                            edit("Authenticator", "why.view().next().equals(target)", "target.isAfter(why.view())")),
                    Mutant.of(
                            "a primary may be its own heir",
                            edit("Authenticator", "&& !why.heir().equals(primary)", "")),
                    Mutant.of(
                            "a primary hands over as soon as it is asked",
                            edit("HandOver", "served >= core.timeouts.officeTicks()", "served >= 0")),
                    Mutant.of(
                            "a primary resigns before its view has begun", edit("HandOver", "&& hasBegun()) {", ") {")))
            .map(mutant -> mutant.livingIn(Habitat.HAND_OVERS))
            .toList();

    private HandOverMutants() {}
}
