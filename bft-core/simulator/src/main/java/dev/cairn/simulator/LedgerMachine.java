package dev.cairn.simulator;

import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.StateRoots;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** The simplest state machine that shows every fault of the protocol: the list of executed requests, each once. */
final class LedgerMachine {
    private static final RequestId NOBODYS = new RequestId(new ClientId(-1), 0, 0);

    /** The requests executed so far, in their order, and the RFC 6962 tree over them. */
    record State(SequencedSet<RequestId> executed, MerkleFrontier ledger, StateRoots roots) {
        State {
            executed = Collections.unmodifiableSequencedSet(executed);
        }

        static State of(Collection<RequestId> executed, StateRoots roots) {
            MerkleFrontier ledger = MerkleFrontier.EMPTY;
            for (RequestId id : executed) {
                ledger = ledger.append(leaf(id));
            }
            return new State(new LinkedHashSet<>(executed), ledger, roots);
        }

        /** As with a lease: some states want the time to go on. */
        boolean waitsForTime() {
            return (ledger.root().d() & 7) == 0;
        }

        /** This state after its memory went wrong: nothing shows yet, but no block gives what it should from here on. */
        State corrupted() {
            return new State(executed, ledger.append(leaf(NOBODYS)), roots);
        }
    }

    static final State GENESIS = new State(
            new LinkedHashSet<>(),
            MerkleFrontier.EMPTY,
            new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, MerkleFrontier.EMPTY.root()));

    private LedgerMachine() {}

    /** What stands for a request in the ledger's tree. */
    static Digest leaf(RequestId id) {
        return Hashing.sha256(new ByteWriter(20)
                .putInt(id.client().number())
                .putLong(id.session())
                .putLong(id.sequence())
                .toArray());
    }

    /** What a block without requests gives. */
    static StateRoots rootsAfterNothing(StateRoots before) {
        long last = before.lastRevision();
        return new StateRoots(last + 1, last, 0, Digest.ZERO, Digest.ZERO, before.stateRoot());
    }

    static State execute(State parent, Proposal proposal) {
        SequencedSet<RequestId> executed =
                proposal.requests().isEmpty() ? parent.executed() : new LinkedHashSet<>(parent.executed());
        MerkleFrontier ledger = parent.ledger();
        for (Request request : proposal.requests()) {
            if (executed.add(request.id())) {
                ledger = ledger.append(leaf(request.id()));
            }
        }
        long before = parent.roots().lastRevision();
        long after = before + executed.size() - parent.executed().size();
        return new State(
                executed, ledger, new StateRoots(before + 1, after, 0, Digest.ZERO, Digest.ZERO, ledger.root()));
    }
}
