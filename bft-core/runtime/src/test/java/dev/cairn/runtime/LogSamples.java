package dev.cairn.runtime;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Records as a replica could write them, from a seed, with the recovery that they must fold to. */
final class LogSamples {
    static final Genesis GENESIS = new Genesis(
            Hashing.sha256(new byte[] {9}),
            new Membership(Epoch.ZERO, List.of(Bytes.utf8("a key"))),
            Parameters.DEFAULT,
            1,
            1,
            ToyMachine.State.EMPTY.roots());

    private final Random random;
    private Block head = GENESIS.block();
    private MerkleFrontier history = MerkleFrontier.EMPTY;
    private Optional<QuorumCertificate> committed = Optional.empty();
    private final Map<Height, Digest> chain = new HashMap<>(Map.of(Height.GENESIS, head.digest()));
    private final Map<Digest, Block> above = new HashMap<>();
    private final List<Vote> votes = new ArrayList<>();
    private final Map<Ballot, Signature> slots = new HashMap<>();
    private Optional<QuorumCertificate> prepared = Optional.empty();
    private Optional<Message.ViewChange> viewChange = Optional.empty();
    private Optional<Message.NewView> newView = Optional.empty();
    private Optional<QuorumCertificate> stable = Optional.empty();
    private Optional<LogRecord.SnapshotInstalled> snapshot = Optional.empty();
    private final List<Evidence> evidence = new ArrayList<>();
    private long view;
    private boolean snapshots = true;

    LogSamples(long seed) {
        random = new Random(seed);
    }

    LogSamples withoutSnapshots() {
        snapshots = false;
        return this;
    }

    /** The next records of a life: a block or two, votes, a commit, now and then a view or a checkpoint. */
    List<LogRecord> step() {
        List<LogRecord> records = new ArrayList<>();
        Block block = child(head);
        records.add(new LogRecord.BlockBody(block));
        above.put(block.digest(), block);
        if (random.nextInt(4) == 0) {
            Block rival = child(head);
            records.add(new LogRecord.BlockBody(rival));
            above.put(rival.digest(), rival);
        }
        Ballot ballot = ballot(block);
        if (random.nextBoolean()) {
            Signature signature = signature();
            slots.put(ballot, signature);
            records.add(new LogRecord.ProposedSlot(ballot, signature));
        }
        cast(records, Vote.of(Phase.PREPARE, ballot, new ReplicaId(0), signature()));
        if (random.nextInt(5) > 0) {
            prepared = Optional.of(certificate(Phase.PREPARE, ballot));
            records.add(new LogRecord.PreparedCertificate(prepared.get()));
            cast(records, Vote.of(Phase.COMMIT, ballot, new ReplicaId(0), signature()));
            commit(records, block, certificate(Phase.COMMIT, ballot));
        } else {
            changeView(records);
        }
        if (random.nextInt(6) == 0) {
            accuse(records, block);
        }
        if (snapshots && random.nextInt(20) == 0) {
            install(records);
        }
        if (random.nextInt(6) == 0 && !head.height().equals(Height.GENESIS)) {
            makeStable(records);
        }
        return records;
    }

    /** A snapshot some heights further on, of a block that was never here. */
    private void install(List<LogRecord> records) {
        for (int skipped = 0; skipped <= random.nextInt(400); skipped++) {
            history = history.append(head.digest());
            head = child(head);
        }
        committed = Optional.of(certificate(Phase.COMMIT, ballot(child(head))));
        snapshot = Optional.of(new LogRecord.SnapshotInstalled(
                head, history, List.of(child(head).header()), committed.get(), random.nextInt(3)));
        records.add(snapshot.get());
        chain.clear();
        chain.put(head.height(), head.digest());
        above.values().removeIf(b -> b.height().isAtMost(head.height()));
    }

    /** Sorted as they are read back: by culprit, kind, view, height. */
    private void accuse(List<LogRecord> records, Block block) {
        Vote first = Vote.of(Phase.COMMIT, ballot(block), new ReplicaId(1), signature());
        Vote second = Vote.of(Phase.COMMIT, ballot(child(head)), new ReplicaId(1), signature());
        if (first.ballot().height().equals(second.ballot().height())) {
            evidence.add(Evidence.of(first, second));
            records.add(new LogRecord.Misconduct(evidence.getLast()));
        }
    }

    private void cast(List<LogRecord> records, Vote vote) {
        votes.add(vote);
        records.add(new LogRecord.CastVote(vote));
    }

    private void commit(List<LogRecord> records, Block block, QuorumCertificate proof) {
        records.add(new LogRecord.CommittedBlock(block.height(), block.digest(), proof));
        history = history.append(head.digest());
        head = block;
        committed = Optional.of(proof);
        chain.put(block.height(), block.digest());
        above.values().removeIf(b -> b.height().isAtMost(block.height()));
    }

    private Trigger trigger() {
        return random.nextBoolean()
                ? new Trigger.Suspicion(List.of())
                : new Trigger.Resignation(Epoch.ZERO, new View(view - 1), new ReplicaId(2), committed, signature());
    }

    private void changeView(List<LogRecord> records) {
        view++;
        Message.ViewChange change = new Message.ViewChange(
                Epoch.ZERO, new View(view), prepared, committed, trigger(), new ReplicaId(0), signature());
        viewChange = Optional.of(change);
        records.add(new LogRecord.SentViewChange(change));
        if (random.nextBoolean()) {
            Message.NewView entered =
                    new Message.NewView(Epoch.ZERO, new View(view), List.of(change), new ReplicaId(0), signature());
            newView = Optional.of(entered);
            records.add(new LogRecord.AcceptedNewView(entered));
        }
    }

    private void makeStable(List<LogRecord> records) {
        QuorumCertificate certificate =
                certificate(Phase.CHECKPOINT, new Ballot(Epoch.ZERO, View.ZERO, head.height(), head.digest()));
        stable = Optional.of(certificate);
        records.add(new LogRecord.StableCheckpoint(certificate));
        votes.removeIf(vote -> vote.ballot().height().isAtMost(head.height()));
        slots.keySet().removeIf(ballot -> ballot.height().isAtMost(head.height()));
        chain.keySet().removeIf(height -> head.height().isAbove(height));
    }

    /** What the records so far mean. */
    Recovery recovery() {
        return new Recovery(
                head,
                history,
                committed,
                chain,
                List.copyOf(above.values()),
                votes,
                slots,
                prepared,
                viewChange,
                newView,
                stable,
                evidence,
                snapshot,
                false);
    }

    QuorumCertificate certificate(Height height) {
        return certificate(Phase.CHECKPOINT, new Ballot(Epoch.ZERO, View.ZERO, height, digest()));
    }

    private Ballot ballot(Block block) {
        return new Ballot(Epoch.ZERO, new View(view), block.height(), block.digest());
    }

    private QuorumCertificate certificate(Phase phase, Ballot ballot) {
        return new QuorumCertificate(
                phase, ballot, List.of(new QuorumCertificate.Signed(new ReplicaId(1), signature())));
    }

    private Block child(Block parent) {
        Header above = parent.header();
        byte[] operations = new byte[random.nextInt(200)];
        random.nextBytes(operations);
        return new Block(
                new Header(
                        Header.FORMAT,
                        above.chainId(),
                        above.epoch(),
                        above.height().next(),
                        parent.digest(),
                        above.timeNanos() + 1 + random.nextInt(1000),
                        digest(),
                        above.roots(),
                        digest(),
                        above.validators(),
                        above.nextValidators(),
                        above.parameters(),
                        above.applicationVersion()),
                List.of(new Request(
                        new RequestId(new ClientId(0), 1, random.nextLong()), Bytes.wrap(operations), signature())));
    }

    private Digest digest() {
        return new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private Signature signature() {
        byte[] bytes = new byte[64];
        random.nextBytes(bytes);
        return new Signature(Bytes.wrap(bytes));
    }
}
