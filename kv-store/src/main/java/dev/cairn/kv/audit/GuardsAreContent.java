package dev.cairn.kv.audit;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.Decider;
import dev.cairn.kv.guard.Decision;
import dev.cairn.kv.guard.Registry;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Every guard that decides on it had the signatures that it wants, at the time of the block, of people who stood by them. */
final class GuardsAreContent implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        Decider decider = new Decider(change.chain(), change.governance());
        return switch (decider.decide(change.text(), counting(change), change.nowSeconds())) {
            case Decision.Admitted _ -> Optional.empty();
            case Decision.Refused refused ->
                Optional.of(refused.objections().getFirst().sentence());
        };
    }

    private static List<VerifiedSignature> counting(Execution change) {
        Registry registry = change.governance().registry();
        Set<PrincipalName> withdrew =
                new TreeSet<>(change.earlier().map(Waiting::withdrew).orElse(Set.of()));
        List<VerifiedSignature> agreeing = new ArrayList<>();
        for (JudgedSignature signature : change.signatures()) {
            if (signature instanceof JudgedSignature.Good(var taken, var verified)) {
                if (taken.purpose() == Purpose.WITHDRAW) {
                    signer(registry, verified).ifPresent(withdrew::add);
                } else {
                    agreeing.add(verified);
                }
            }
        }
        agreeing.removeIf(
                each -> signer(registry, each).filter(withdrew::contains).isPresent());
        return agreeing;
    }

    private static Optional<PrincipalName> signer(Registry registry, VerifiedSignature signature) {
        return registry.holderOf(signature.key().blob())
                .map(holding -> holding.principal().name());
    }
}
