package dev.cairn.protocol;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.View;

/**
 * The view a replica is in.
 *
 * @param number the view, or the target of the view change under way
 * @param active the view's NEW-VIEW was accepted: the replica votes in it. Never true again once left
 * @param tipHeight height of T, the block from which this view goes on: no vote in the view is for a lower height
 * @param tipBlock T's hash: no vote in the view is for another block at T's height
 */
record CurrentView(View number, boolean active, Height tipHeight, Digest tipBlock) {

    boolean votesIn(View view) {
        return active && number.equals(view);
    }

    boolean isTip(Digest block) {
        return active && tipBlock.equals(block);
    }
}
