package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;

/**
 * Where a chain starts. {@code chainId} is the hash of the genesis document that people review; {@code roots} are
 * those of the state it describes.
 */
public record Genesis(
        Digest chainId,
        Membership membership,
        Parameters parameters,
        long timeNanos,
        int applicationVersion,
        StateRoots roots) {

    /** The block at height 0, which nobody votes for. */
    public Block block() {
        Digest validators = membership.digest();
        return new Block(
                new Header(
                        Header.FORMAT,
                        chainId,
                        membership.epoch(),
                        Height.GENESIS,
                        Digest.ZERO,
                        timeNanos,
                        MerkleFrontier.EMPTY.root(),
                        roots,
                        MerkleFrontier.EMPTY.root(),
                        validators,
                        validators,
                        parameters.digest(),
                        applicationVersion),
                List.of());
    }
}
