package dev.cairn.kv.snapshot;

import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Refusal;
import dev.cairn.kv.proof.SpanProof;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;
import java.util.Optional;

/**
 * A part of a state of which it is proven that nothing is missing.
 *
 * @param from the place where the part begins
 * @param until where it ends; nothing for the end of the state
 * @param parts all that the state holds in between, in order
 */
record Chunk(Place from, Optional<Place> until, List<KeyPart> parts) {
    Chunk {
        parts = List.copyOf(parts);
    }

    /**
     * Checks a pruned tree against the roots of a state. Keys of which not every version is given are refused, except that
     * the chunk may begin in the middle of the first, and end in the middle of the last.
     */
    static Chunk verify(Optional<Pruned<KeyPart>> tree, StateRoots roots) throws InvalidProofException {
        SpanProof<KeyPart> proof = SpanProof.verify(tree, roots.stateRoot());
        Place from = Place.before(proof.from());
        Optional<Place> until = proof.until().map(Place::before);
        List<KeyPart> parts = proof.leaves();
        for (int i = 0; i < parts.size(); i++) {
            KeyPart part = parts.get(i);
            if (!part.isFromTheOldest(roots.compactRevision())) {
                from = Place.startOf(part);
                requireAtBorder(i == 0, part);
            }
            if (part.leftOut().isPresent()) {
                until = Optional.of(Place.endOf(part));
                requireAtBorder(i == parts.size() - 1, part);
            }
        }
        return new Chunk(from, until, parts);
    }

    private static void requireAtBorder(boolean isBorder, KeyPart part) throws InvalidProofException {
        if (!isBorder) {
            throw new InvalidProofException(Refusal.INCOMPLETE, "versions of " + part.treeKey() + " are missing");
        }
    }
}
