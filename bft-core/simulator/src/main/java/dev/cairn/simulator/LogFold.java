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
    private final List<Block> chain = new ArrayList<>();
    private final Map<Digest, Block> bodies = new LinkedHashMap<>();
    private final TreeMap<Height, LogRecord.CommittedBlock> committed = new TreeMap<>();
    private final List<Vote> votes = new ArrayList<>();
    private final Map<Ballot, Signature> slots = new LinkedHashMap<>();
    private Optional<QuorumCertificate> prepared = Optional.empty();
    private Optional<Message.ViewChange> viewChange = Optional.empty();
    private Optional<Message.NewView> newView = Optional.empty();
    private Optional<QuorumCertificate> stable = Optional.empty();
    private final List<Evidence> evidence = new ArrayList<>();

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
            case LogRecord.SnapshotInstalled _ -> {}
            case LogRecord.Misconduct r -> evidence.add(r.evidence());
        }
    }

    private void extendChain() {
        for (Height next = new Height(chain.size() + 1L); ; next = next.next()) {
            LogRecord.CommittedBlock record = committed.get(next);
            Block body = record == null ? null : bodies.get(record.block());
            if (body == null) {
                return;
            }
            chain.add(body);
        }
    }

    /** Committed blocks from height 1 on, as far as they are known without a gap. */
    List<Block> chain() {
        return Collections.unmodifiableList(chain);
    }

    Optional<Block> body(Digest block) {
        return Optional.ofNullable(bodies.get(block));
    }

    /** The certificate by which the block at {@code height} became final. */
    private Optional<QuorumCertificate> proofAt(Height height) {
        return Optional.ofNullable(committed.get(height)).map(LogRecord.CommittedBlock::proof);
    }

    /** Blocks from {@code from} on that end where the headers up to a certified block are here; nothing if none are. */
    Optional<Message.Blocks> answerFrom(Height from) {
        int first = (int) from.value() - 1;
        for (int end = Math.min(chain.size(), first + BLOCKS_IN_ANSWER); end > first; end--) {
            QuorumCertificate proof = proofAt(new Height(end)).orElseThrow();
            int certified = (int) proof.height().value();
            if (certified <= chain.size()) {
                List<Header> link = chain.subList(end, certified).stream()
                        .map(Block::header)
                        .toList();
                return Optional.of(new Message.Blocks(chain.subList(first, end), link, proof));
            }
        }
        return Optional.empty();
    }

    Recovery recovery() {
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
                stable,
                evidence,
                Optional.empty(),
                false);
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
