package dev.cairn.simulator;

import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.StateRoots;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** The simplest state machine that shows every fault of the protocol: the list of executed requests, each once. */
final class LedgerMachine {

    /** The requests executed so far, and a hash over them in their order. */
    record State(Set<RequestId> executed, StateRoots roots) {
        State {
            executed = Collections.unmodifiableSet(executed);
        }
    }

    static final State GENESIS = new State(Set.of(), new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, Digest.ZERO));

    private LedgerMachine() {}

    static State execute(State parent, Proposal proposal) {
        Set<RequestId> executed = proposal.requests().isEmpty() ? parent.executed() : new HashSet<>(parent.executed());
        StateRoots before = parent.roots();
        ByteWriter out = new ByteWriter(64).putDigest(before.stateRoot());
        long revision = before.lastRevision();
        for (Request request : proposal.requests()) {
            if (executed.add(request.id())) {
                revision++;
                out.putInt(request.id().client().number())
                        .putLong(request.id().session())
                        .putLong(request.id().sequence());
            }
        }
        Digest root = Hashing.sha256(out.toArray());
        return new State(
                executed, new StateRoots(before.lastRevision() + 1, revision, 0, Digest.ZERO, Digest.ZERO, root));
    }
}
