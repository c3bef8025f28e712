package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A key's versions after one revision, through another, with their neighbours in the key's history: by these it is shown
 * that none is left out.
 *
 * @param before the newest that is not after the first revision; nothing if the key's history begins later
 * @param within the versions of the window, oldest first
 */
record Window(Optional<KeyVersion> before, List<KeyVersion> within) {
    Window {
        within = List.copyOf(within);
    }

    /** Refuses a part that gives other versions than these, and the next one after {@code through} if there is one. */
    static Window of(KeyPart part, long after, long through) throws InvalidProofException {
        List<KeyVersion> given = new ArrayList<>(part.versions());
        Optional<KeyVersion> before = Optional.empty();
        if (given.getFirst().modRevision() <= after) {
            before = Optional.of(given.removeFirst());
        } else if (part.before().size() > 0) {
            throw new InvalidProofException(
                    Refusal.INCOMPLETE, "earlier versions of " + part.treeKey() + " are missing");
        }
        if (!given.isEmpty() && given.getLast().modRevision() > through) {
            KeyPart.requireValue(given.removeLast(), false);
        } else if (part.leftOut().isPresent()) {
            throw new InvalidProofException(Refusal.INCOMPLETE, "later versions of " + part.treeKey() + " are missing");
        }
        for (KeyVersion version : given) {
            if (version.modRevision() <= after || version.modRevision() > through) {
                throw new InvalidProofException(
                        Refusal.SURPLUS,
                        version + " is given, but only what is after " + after + ", through " + through);
            }
        }
        return new Window(before, given);
    }
}
