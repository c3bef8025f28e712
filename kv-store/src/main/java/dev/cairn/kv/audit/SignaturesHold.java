package dev.cairn.kv.audit;

import java.util.Optional;

/** Each signature that the ledger keeps is one on its text, for its purpose. */
final class SignaturesHold implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        return change.signatures().stream()
                .filter(JudgedSignature.Bad.class::isInstance)
                .map(JudgedSignature.Bad.class::cast)
                .findFirst()
                .map(bad -> "a signature of " + bad.taken().purpose().namespace() + " does not hold: " + bad.why());
    }
}
