package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Folds a log's records, in any order, into what a replica starts with. Also keeps the committed blocks, to serve them. */
final class LogFold {
    private final Genesis genesis;
    private final Map<Digest, Block> bodies = new LinkedHashMap<>();
    private final TreeMap<Height, LogRecord.CommittedBlock> committed = new TreeMap<>();
    private final List<Vote> votes = new ArrayList<>();
    private final Map<Ballot, Signature> slots = new LinkedHashMap<>();
    private Optional<QuorumCertificate> prepared = Optional.empty();
    private Optional<Message.ViewChange> viewChange = Optional.empty();
    private Optional<Message.NewView> newView = Optional.empty();
    private Optional<QuorumCertificate> stable = Optional.empty();

    LogFold(Genesis genesis) {
        this.genesis = genesis;
    }

    static LogFold of(Genesis genesis, List<LogRecord> records) {
        LogFold fold = new LogFold(genesis);
        records.forEach(fold::add);
        return fold;
    }

    void add(LogRecord record) {
        switch (record) {
            case LogRecord.BlockBody r -> bodies.put(r.block().digest(), r.block());
            case LogRecord.ProposedSlot r -> slots.put(r.ballot(), r.signature());
            case LogRecord.CastVote r -> votes.add(r.vote());
            case LogRecord.PreparedCertificate r ->
                prepared = prepared.filter(known -> Ballot.BY_VIEW_THEN_HEIGHT.compare(
                                        known.ballot(), r.certificate().ballot())
                                >= 0)
                        .or(() -> Optional.of(r.certificate()));
            case LogRecord.CommittedBlock r -> committed.put(r.height(), r);
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
        }
    }

    /** Committed blocks from height 1 on, as far as they are known without a gap. */
    List<Block> chain() {
        List<Block> chain = new ArrayList<>();
        for (Height h = new Height(1); ; h = h.next()) {
            LogRecord.CommittedBlock record = committed.get(h);
            Block body = record == null ? null : bodies.get(record.block());
            if (body == null) {
                return chain;
            }
            chain.add(body);
        }
    }

    Optional<Block> body(Digest block) {
        return Optional.ofNullable(bodies.get(block));
    }

    /** The certificate by which the block at {@code height} became final. */
    Optional<QuorumCertificate> proofAt(Height height) {
        return Optional.ofNullable(committed.get(height)).map(LogRecord.CommittedBlock::proof);
    }

    /** As a log that has dropped what a stable checkpoint makes needless. */
    private Map<Ballot, Signature> slotsAbove(Height floor) {
        Map<Ballot, Signature> kept = new LinkedHashMap<>(slots);
        kept.keySet().removeIf(ballot -> !ballot.height().isAbove(floor));
        return kept;
    }

    Recovery recovery() {
        List<Block> chain = chain();
        Block head = chain.isEmpty() ? genesis.block() : chain.getLast();
        MerkleFrontier history = MerkleFrontier.EMPTY;
        if (!chain.isEmpty()) {
            history = history.append(genesis.block().digest());
            for (Block block : chain.subList(0, chain.size() - 1)) {
                history = history.append(block.digest());
            }
        }
        Height floor = stable.map(QuorumCertificate::height).orElse(Height.GENESIS);
        Map<Height, Digest> recent = new TreeMap<>();
        recent.put(Height.GENESIS, genesis.block().digest());
        chain.forEach(block -> recent.put(block.height(), block.digest()));
        recent.keySet().removeIf(height -> floor.isAbove(height));
        return new Recovery(
                head,
                history,
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
                stable);
    }
}
