package dev.cairn.kv;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import java.util.List;

/** The store looks at states, not at blocks: any will do. */
final class TestBlocks {
    static final Block ANY = new Genesis(
                    Digest.ZERO,
                    new Membership(Epoch.ZERO, List.of(Bytes.utf8("k"))),
                    Parameters.DEFAULT,
                    0,
                    1,
                    KvStateMachine.genesisRoots())
            .block();

    private TestBlocks() {}
}
