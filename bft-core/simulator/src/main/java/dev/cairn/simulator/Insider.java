package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import java.util.List;
import java.util.SplittableRandom;

/** What a Byzantine replica has to work with: its name, its key, the list of its peers, and time. */
public interface Insider {
    ReplicaId self();

    List<ReplicaId> peers();

    Digest chainId();

    Block genesis();

    SplittableRandom random();

    /** Performs the effect later. */
    void later(long micros, Effect effect);

    /** Signs with its own key. */
    Signature sign(Statement statement);
}
