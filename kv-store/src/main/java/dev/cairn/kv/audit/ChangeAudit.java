package dev.cairn.kv.audit;

import dev.cairn.kv.KvState;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Digest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Follows a chain from its founding, block by block, and asks of all that was written whether it may have been: of each executed
 * change {@link ChangeRule every rule}, of everything else whether it needed no signature. It reads what blocks wrote, which
 * their certificates vouch for, and trusts nothing that the store keeps of why it did so. Remembers what waits and the digests
 * of what was settled. Not for several threads.
 */
public final class ChangeAudit {
    private final Digest chain;
    private Governance governance;
    private final Map<Digest, Waiting> waiting = new LinkedHashMap<>();
    private final Set<Digest> settled = new LinkedHashSet<>();
    private final ExecutedChanges executed = new ExecutedChanges();
    private final WritesAreTheirSigners signedWrites;
    private final LeasesRunOut leases = new LeasesRunOut();

    /**
     * Begins before the first block.
     *
     * @param founding who governs at first: the genesis document's
     */
    public ChangeAudit(Digest chain, Governance founding) {
        this.chain = chain;
        this.governance = founding;
        this.signedWrites = new WritesAreTheirSigners(chain);
    }

    /**
     * Goes on with the next block.
     *
     * @param after the state that executing it on {@code before} made; what it wrote is still in memory
     * @throws BrokenRuleException for the first thing that must not have been
     */
    public AuditedBlock next(Proposal block, KvState before, KvState after) throws BrokenRuleException {
        return new BlockWalk(this, block, before, after).run();
    }

    /** In force behind all blocks so far. */
    public Governance governance() {
        return governance;
    }

    void govern(Governance next) {
        governance = next;
    }

    Digest chain() {
        return chain;
    }

    Map<Digest, Waiting> waiting() {
        return waiting;
    }

    boolean isSettled(Digest change) {
        return settled.contains(change);
    }

    ExecutedChanges executed() {
        return executed;
    }

    WritesAreTheirSigners signedWrites() {
        return signedWrites;
    }

    LeasesRunOut leases() {
        return leases;
    }

    void settle(Digest change) {
        waiting.remove(change);
        settled.add(change);
    }
}
