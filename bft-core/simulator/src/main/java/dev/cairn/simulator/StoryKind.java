package dev.cairn.simulator;

import java.util.Arrays;
import java.util.Optional;

/** The messages that a {@link StoryPage} draws in colours, in the order in which they come up, and what each says. */
enum StoryKind {
    PRE_PREPARE("PrePrepare", "#1f4e9c", true, "the primary proposes a block"),
    PREPARE("Prepare", "#2a8f5b", true, "I have it on disk, it executes as it claims, and I vote for no other here"),
    COMMIT("Commit", "#b5651d", true, "a quorum has prepared it; a quorum of these makes it final"),
    SUSPECT("Suspect", "#c0392b", false, "this primary should be replaced"),
    VIEW_CHANGE("ViewChange", "#8e44ad", false, "I vote no more in the old view; the greatest I prepared is this"),
    NEW_VIEW("NewView", "#d81b60", false, "the next primary begins, on the greatest of a quorum's ViewChanges");

    /** The class of the message. */
    final String title;

    final String colour;
    final String meaning;
    private final boolean routine;

    StoryKind(String title, String colour, boolean routine, String meaning) {
        this.title = title;
        this.colour = colour;
        this.routine = routine;
        this.meaning = meaning;
    }

    /** Whether it belongs to blocks that come about without trouble. */
    boolean isRoutine() {
        return routine;
    }

    static Optional<StoryKind> of(String title) {
        return Arrays.stream(values()).filter(kind -> kind.title.equals(title)).findFirst();
    }
}
