package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Folds a log's records, in any order, into what a replica starts with. Also keeps the committed blocks, to serve them. */
final class LogFold {
    private static final int BLOCKS_IN_ANSWER = 8;

    private final Genesis genesis;
    private final int retainedBlocks;
    private final List<Block> chain = new ArrayList<>();
    private final Map<Digest, Block> bodies = new LinkedHashMap<>();
    private final TreeMap<Height, LogRecord.CommittedBlock> committed = new TreeMap<>();
    private final List<Vote> votes = new ArrayList<>();
    private final Map<Ballot, Signature> slots = new LinkedHashMap<>();
    private Optional<QuorumCertificate> prepared = Optional.empty();
    private Optional<Message.ViewChange> viewChange = Optional.empty();
    private Optional<Message.NewView> newView = Optional.empty();
    private Optional<QuorumCertificate> stable = Optional.empty();
    private Optional<LogRecord.SnapshotInstalled> snapshot = Optional.empty();
    private final List<Evidence> evidence = new ArrayList<>();

    /** {@code retainedBlocks}: how many bodies below the stable checkpoint are kept for peers. */
    LogFold(Genesis genesis, int retainedBlocks) {
        this.genesis = genesis;
        this.retainedBlocks = retainedBlocks;
    }

    static LogFold of(Genesis genesis, int retainedBlocks, List<LogRecord> records) {
        LogFold fold = new LogFold(genesis, retainedBlocks);
        records.forEach(fold::add);
        return fold;
    }

    void add(LogRecord record) {
        switch (record) {
            case LogRecord.BlockBody r -> {
                bodies.put(r.block().digest(), r.block());
                extendChain();
            }
            case LogRecord.ProposedSlot r -> slots.put(r.ballot(), r.signature());
            case LogRecord.CastVote r -> votes.add(r.vote());
            case LogRecord.PreparedCertificate r ->
                prepared = prepared.filter(known -> Ballot.BY_VIEW_THEN_HEIGHT.compare(
                                        known.ballot(), r.certificate().ballot())
                                >= 0)
                        .or(() -> Optional.of(r.certificate()));
            case LogRecord.CommittedBlock r -> {
                committed.put(r.height(), r);
                extendChain();
            }
            case LogRecord.SentViewChange r ->
                viewChange = viewChange
                        .filter(known -> known.target().isAfter(r.viewChange().target()))
                        .or(() -> Optional.of(r.viewChange()));
            case LogRecord.AcceptedNewView r ->
                newView = newView.filter(
                                known -> known.view().isAfter(r.newView().view()))
                        .or(() -> Optional.of(r.newView()));
            case LogRecord.StableCheckpoint r ->
                stable = stable.filter(
                                known -> known.height().isAbove(r.certificate().height()))
                        .or(() -> Optional.of(r.certificate()));
            case LogRecord.SnapshotInstalled r -> install(r);
            case LogRecord.Misconduct r -> evidence.add(r.evidence());
        }
    }

    private void extendChain() {
        for (Height next = headHeight().next(); ; next = next.next()) {
            LogRecord.CommittedBlock record = committed.get(next);
            Block body = record == null ? null : bodies.get(record.block());
            if (body == null) {
                return;
            }
            chain.add(body);
        }
    }

    private Height headHeight() {
        return chain.isEmpty() ? Height.GENESIS : chain.getLast().height();
    }

    /** The chain begins anew at the anchor. */
    private void install(LogRecord.SnapshotInstalled record) {
        Block anchor = record.anchor();
        snapshot = Optional.of(record);
        bodies.put(anchor.digest(), anchor);
        committed.put(anchor.height(), new LogRecord.CommittedBlock(anchor.height(), anchor.digest(), record.proof()));
        committed.tailMap(anchor.height(), false).clear();
        chain.clear();
        chain.add(anchor);
    }

    /** Committed blocks without a gap up to the head, from height 1 or from the anchor of the last snapshot on. */
    List<Block> chain() {
        return Collections.unmodifiableList(chain);
    }

    Optional<LogRecord.SnapshotInstalled> snapshot() {
        return snapshot;
    }

    Optional<Block> body(Digest block) {
        return Optional.ofNullable(bodies.get(block)).filter(body -> !isGone(body.height()));
    }

    /** Whether the block at {@code height} was committed here, but is kept no more. */
    boolean isGone(Height height) {
        return height.isAtMost(headHeight()) && firstHeld().isAbove(height);
    }

    /** Bodies that lie further than the retained number below the stable checkpoint are gone. */
    private Height firstHeld() {
        Height first = chain.isEmpty() ? Height.GENESIS : chain.getFirst().height();
        long kept = stable.map(c -> c.height().value() - retainedBlocks).orElse(0L);
        return new Height(Math.max(first.value(), kept));
    }

    /** The certificate by which the block at {@code height} became final. */
    private Optional<QuorumCertificate> proofAt(Height height) {
        return Optional.ofNullable(committed.get(height)).map(LogRecord.CommittedBlock::proof);
    }

    /** Blocks from {@code from} on that end where the headers up to a certified block are here; nothing if none are. */
    Optional<Message.Blocks> answerFrom(Height from) {
        if (chain.isEmpty() || isGone(from) || from.equals(Height.GENESIS)) {
            return Optional.empty();
        }
        int first = indexOf(from);
        for (int end = Math.min(chain.size(), first + BLOCKS_IN_ANSWER); end > first; end--) {
            Block last = chain.get(end - 1);
            QuorumCertificate proof = proofAt(last.height()).orElseThrow();
            Optional<List<Header>> link = linkFrom(last, proof);
            if (link.isPresent()) {
                return Optional.of(new Message.Blocks(chain.subList(first, end), link.get(), proof));
            }
        }
        return Optional.empty();
    }

    private int indexOf(Height height) {
        return (int) (height.value() - chain.getFirst().height().value());
    }

    /** The headers after {@code block} up to the one that {@code proof} names; nothing if they are not all here yet. */
    Optional<List<Header>> linkFrom(Block block, QuorumCertificate proof) {
        Optional<List<Header>> brought = snapshot.filter(
                        s -> s.anchor().equals(block) && s.proof().equals(proof))
                .map(LogRecord.SnapshotInstalled::link);
        if (brought.isPresent()) {
            return brought;
        }
        boolean isBelowAnchor =
                chain.getFirst().height().isAbove(block.height()); // one that was fetched since the question
        if (isBelowAnchor || proof.height().isAbove(headHeight())) {
            return Optional.empty();
        }
        return Optional.of(chain.subList(indexOf(block.height()) + 1, indexOf(proof.height()) + 1).stream()
                .map(Block::header)
                .toList());
    }

    Recovery recovery() {
        Block head = chain.isEmpty() ? genesis.block() : chain.getLast();
        Height floor = stable.map(QuorumCertificate::height).orElse(Height.GENESIS);
        Map<Height, Digest> recent = new TreeMap<>();
        if (snapshot.isEmpty()) {
            recent.put(Height.GENESIS, genesis.block().digest());
        }
        chain.forEach(block -> recent.put(block.height(), block.digest()));
        recent.keySet().removeIf(height -> floor.isAbove(height));
        return new Recovery(
                head,
                historyBelow(head),
                proofAt(head.height()),
                recent,
                bodies.values().stream()
                        .filter(block -> block.height().isAbove(head.height()))
                        .toList(),
                votes.stream()
                        .filter(vote -> vote.ballot().height().isAbove(floor))
                        .toList(),
                slotsAbove(floor),
                prepared,
                viewChange,
                newView,
                stable,
                evidence,
                snapshot,
                false);
    }

    private MerkleFrontier historyBelow(Block head) {
        MerkleFrontier history = snapshot.map(LogRecord.SnapshotInstalled::history)
                .orElse(
                        chain.isEmpty()
                                ? MerkleFrontier.EMPTY
                                : MerkleFrontier.EMPTY.append(genesis.block().digest()));
        for (Block block : chain) {
            history = block.equals(head) ? history : history.append(block.digest());
        }
        return history;
    }

    private Map<Ballot, Signature> slotsAbove(Height floor) {
        Map<Ballot, Signature> above = new LinkedHashMap<>();
        slots.forEach((ballot, signature) -> {
            if (ballot.height().isAbove(floor)) {
                above.put(ballot, signature);
            }
        });
        return above;
    }
}
