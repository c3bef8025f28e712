package dev.cairn.cli.nodes;

import java.util.Optional;

/** A node and the repository that it follows, as both stood at one revision of the store. */
sealed interface Node {
    NodeName name();

    /** Whether it is what its repository now says, as far as it says itself. */
    boolean isCurrent();

    /**
     * One whose result can be read.
     *
     * @param published the revision at which its repository was last published, if it is there
     */
    record Known(NodeName name, PullResult last, Optional<Long> published) implements Node {
        @Override
        public boolean isCurrent() {
            return last.status().isGood()
                    && last.converged().isPresent()
                    && published.isPresent()
                    && last.converged().get().revision() >= published.get();
        }
    }

    /** What stands under its key is no result. */
    record Unreadable(NodeName name, String why) implements Node {
        @Override
        public boolean isCurrent() {
            return false;
        }
    }
}
