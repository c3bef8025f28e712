package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;

/** The state machine of a small world: a hash over all that was executed. */
final class ToyMachine {
    static final StateRoots EMPTY = new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, Digest.ZERO);

    private ToyMachine() {}

    static StateRoots execute(StateRoots before, List<Request> requests) {
        ByteWriter out = new ByteWriter(64).putDigest(before.stateRoot());
        requests.forEach(request -> out.putLong(request.id().sequence()));
        long last = before.lastRevision();
        return new StateRoots(
                last + 1, last + requests.size(), 0, Digest.ZERO, Digest.ZERO, Hashing.sha256(out.toArray()));
    }
}
