package dev.cairn.protocol.model;

import java.util.Comparator;

/** What is voted on: one block at one height in one view. Ordered by (view, height), the order of the tip rule. */
public record Ballot(Epoch epoch, View view, Height height, Digest block) {
    /** The only order in which certificates may be compared; by height alone is unsafe (protocol.md, unsafe readings). */
    public static final Comparator<Ballot> BY_VIEW_THEN_HEIGHT =
            Comparator.comparing(Ballot::view).thenComparing(Ballot::height);

    @Override
    public String toString() {
        return view + "/" + height + ":" + block;
    }
}
