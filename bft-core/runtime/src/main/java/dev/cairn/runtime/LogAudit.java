package dev.cairn.runtime;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Goes through the chain in a replica's log, block by block, and believes nothing in it: hashes lead from block to block,
 * each block has a quorum's certificate or a descendant that has, each request its client's signature, and executing it all
 * again gives every root that the headers name. Reads only; the replica must not be running.
 *
 * @param <S> the state machine's states
 */
public final class LogAudit<S> {
    /** Hears of each block that holds, in order. */
    public interface Listener<S> {
        /**
         * A block holds. Asked before its state is written down.
         *
         * @param state the state after it, where blocks are executed
         * @param last the log's last block
         * @throws AuditException if something in it does not hold that only the listener can tell
         */
        void holds(Block block, Optional<S> state, Height last) throws AuditException;

        /** Behind the last block lies a write that was cut short, as after a crash, and nothing is known of it. */
        default void endsInTornWrite(Height last) {}
    }

    private static final int MAX_PROBES = 10_000;

    private final LogStore store;
    private final Genesis genesis;
    private final Ed25519Authenticator authenticator;
    private final Optional<StateMachine<S>> machine;

    /** The last certificate that was checked: blocks that were committed together share it. */
    private Optional<QuorumCertificate> valid = Optional.empty();

    private LogAudit(LogStore store, Genesis genesis, Optional<StateMachine<S>> machine) {
        this.store = store;
        this.genesis = genesis;
        this.authenticator = new Ed25519Authenticator(Ed25519.fastest(), genesis);
        this.machine = machine;
    }

    /**
     * Audits the log in {@code dataDir} from a height on, and returns the last height it has.
     *
     * @param from at least 1; blocks are executed only if it is 1, and then on {@code machine}, which must be new
     * @throws AuditException for the first block that does not hold
     * @throws BootException if the log cannot be opened at all, or is another chain's
     */
    public static <S> Height run(
            Path dataDir, Genesis genesis, Height from, Optional<StateMachine<S>> machine, Listener<S> listener)
            throws AuditException, BootException {
        Path log = dataDir.resolve("log");
        try (LogStore store = LogStore.openReadOnly(log)) {
            Height last = audit(store, genesis, from, machine, listener);
            if (store.wasCutShort()) {
                listener.endsInTornWrite(last);
            }
            return last;
        } catch (BootException e) {
            if (e.kind() != BootException.Cause.CORRUPT) {
                throw e;
            }
            throw damaged(salvaged(log, genesis, from, machine, listener).next(), e);
        }
    }

    /** How far the chain holds when what is damaged is left out. */
    private static <S> Height salvaged(
            Path log, Genesis genesis, Height from, Optional<StateMachine<S>> machine, Listener<S> listener)
            throws AuditException {
        try (LogStore store = LogStore.salvage(log)) {
            return audit(store, genesis, from, machine, listener);
        } catch (BootException e) {
            throw damaged(from, e);
        }
    }

    private static AuditException damaged(Height height, BootException e) {
        return new AuditException(height, "it is damaged, or what was written with it is: " + e.getMessage(), e);
    }

    private static <S> Height audit(
            LogStore store, Genesis genesis, Height from, Optional<StateMachine<S>> machine, Listener<S> listener)
            throws AuditException, BootException {
        LogReader.requireChain(store, genesis);
        return new LogAudit<S>(store, genesis, machine).run(from, listener);
    }

    private Height run(Height from, Listener<S> listener) throws AuditException {
        Height at = from;
        try {
            Height last = LogReader.lastCommitted(store);
            MerkleFrontier history = new HistoryTree(
                            new StoredHeaders(store, genesis.block().digest()))
                    .before(from.value())
                    .orElseThrow(() -> new AuditException(from, "what was before it is not in this log"));
            Digest parent = hashOf(new Height(from.value() - 1));
            for (; at.isAtMost(last); at = at.next()) {
                Block block = check(at, parent, history);
                Optional<S> state = execute(block);
                listener.holds(block, state, last);
                state.ifPresent(after -> machine.orElseThrow().persist(after, block));
                parent = block.digest();
                history = history.append(parent);
            }
            return last;
        } catch (StorageException e) {
            throw unreadable(at, e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new AuditException(at, "its record makes no sense: " + e.getMessage(), e);
        }
    }

    /** A file is damaged by the page, which may hold many blocks: says which cannot be read, the first from {@code at} on. */
    private AuditException unreadable(Height at, StorageException e) {
        Height first = at;
        while (isReadable(first)) {
            first = first.next();
        }
        Height end = first.next();
        while (end.value() - first.value() < MAX_PROBES && !isReadable(end)) {
            end = end.next();
        }
        boolean isOne = end.equals(first.next());
        String others = end.value() - first.value() == MAX_PROBES
                ? "; nor can what follows"
                : "; nor can the blocks up to " + (end.value() - 1)
                        + ", which share a damaged page of the file with it";
        return new AuditException(first, "it cannot be read (" + e.getMessage() + ")" + (isOne ? "" : others), e);
    }

    private boolean isReadable(Height height) {
        try {
            Optional<LogRecord.CommittedBlock> record = store.canonical(height);
            return record.isPresent()
                    && store.findBlock(height, record.get().block()).isPresent();
        } catch (StorageException _) {
            return false;
        }
    }

    private Digest hashOf(Height height) throws StorageException, AuditException {
        return height.equals(Height.GENESIS)
                ? genesis.block().digest()
                : canonical(height).block();
    }

    private LogRecord.CommittedBlock canonical(Height height) throws StorageException, AuditException {
        return store.canonical(height).orElseThrow(() -> new AuditException(height, "it is missing"));
    }

    private Block check(Height height, Digest parent, MerkleFrontier history) throws StorageException, AuditException {
        LogRecord.CommittedBlock record = canonical(height);
        Block block = store.findBlock(height, record.block())
                .orElseThrow(() -> new AuditException(height, "its requests are not in this log"));
        Header header = block.header();
        require(height, header.height().equals(height), "its header says " + header.height());
        require(height, header.chainId().equals(genesis.chainId()), "it belongs to another chain");
        require(height, header.parent().equals(parent), "it does not follow the block before it");
        require(height, header.historyRoot().equals(history.root()), "its history is another one");
        require(
                height,
                authenticator.verify(new Message.Body(block)).isPresent(),
                "its requests are not those of its header, or one is not signed by its client");
        certify(height, record);
        return block;
    }

    private void certify(Height height, LogRecord.CommittedBlock record) throws StorageException, AuditException {
        QuorumCertificate proof = record.proof();
        require(height, !height.isAbove(proof.height()), "its certificate is for a block below it");
        require(
                height,
                canonical(proof.height()).block().equals(proof.block()),
                "its certificate is for a block that is not in this chain");
        if (valid.isEmpty() || !valid.get().equals(proof)) {
            require(height, authenticator.isValidCertificate(proof, Phase.COMMIT), "its certificate is not a quorum's");
            valid = Optional.of(proof);
        }
    }

    private Optional<S> execute(Block block) throws AuditException {
        if (machine.isEmpty()) {
            return Optional.empty();
        }
        StateMachine<S> replayed = machine.get();
        Header header = block.header();
        S state = replayed.execute(
                replayed.committed(), new Proposal(header.height(), header.timeNanos(), block.requests()));
        require(
                header.height(),
                replayed.roots(state).equals(header.roots()),
                "executing it gives the state root " + replayed.roots(state).stateRoot() + ", and its header says "
                        + header.roots().stateRoot());
        replayed.commit(state, block);
        return Optional.of(state);
    }

    private static void require(Height height, boolean holds, String otherwise) throws AuditException {
        if (!holds) {
            throw new AuditException(height, otherwise);
        }
    }
}
