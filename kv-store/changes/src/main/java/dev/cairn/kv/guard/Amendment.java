package dev.cairn.kv.guard;

import java.util.List;

/** What a governance becomes by a change of it. */
public sealed interface Amendment {
    record To(Governance governance) implements Amendment {}

    /**
     * It cannot be changed so.
     *
     * @param objections at least one; of more than {@link Decision#MAX_LISTED}, the last one counts the rest
     */
    record Impossible(List<Objection> objections) implements Amendment {
        public Impossible {
            objections = Decision.shortened(objections, Objection.AndMore::new);
        }
    }
}
