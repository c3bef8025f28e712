package dev.cairn.codec;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Evidence;
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
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.model.Witness;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Well-formed things of all kinds from a seed; nothing in them is signed. */
final class Samples {
    private final Random random;

    Samples(long seed) {
        random = new Random(seed);
    }

    /** One message of each kind. */
    List<Message> oneOfEach() {
        return List.of(
                new Message.PrePrepare(view(), block(), replica(), signature()),
                vote(Phase.PREPARE),
                vote(Phase.COMMIT),
                vote(Phase.CHECKPOINT),
                suspect(),
                viewChange(),
                newView(),
                new Message.Status(epoch(), view(), random.nextBoolean(), height(), height(), height()),
                new Message.Forward(some(this::request), random.nextBoolean()),
                new Message.FetchBlocks(height()),
                new Message.Blocks(some(this::block), some(this::header), certificate(Phase.COMMIT)),
                new Message.FetchBody(digest()),
                new Message.Body(block()),
                new Message.ReadIndexQuery(random.nextLong()),
                new Message.ReadIndexAnswer(random.nextLong(), view(), height()),
                new Message.WitnessQuery(random.nextLong(), digest()),
                new Message.WitnessAnswer(
                        random.nextLong(),
                        new Witness(epoch(), replica(), digest(), random.nextLong(), view(), height(), signature())),
                new Message.FetchSnapshot(height()),
                new Message.SnapshotOffer(
                        block(),
                        history(),
                        some(this::header),
                        certificate(Phase.COMMIT),
                        some(() -> bytes(random.nextInt(40)))),
                new Message.FetchChunk(digest(), bytes(random.nextInt(40)), perhaps(() -> bytes(random.nextInt(40)))),
                new Message.Chunk(
                        digest(),
                        bytes(random.nextInt(40)),
                        perhaps(() -> bytes(random.nextInt(40))),
                        bytes(random.nextInt(3000))),
                new Message.NoSnapshot(digest()));
    }

    Evidence evidence() {
        Ballot first = new Ballot(epoch(), view(), height(), digest());
        Ballot second = new Ballot(first.epoch(), first.view(), first.height(), digest());
        Statement.Kind kind = List.of(
                        Statement.Kind.PRE_PREPARE,
                        Statement.Kind.PREPARE,
                        Statement.Kind.COMMIT,
                        Statement.Kind.CHECKPOINT)
                .get(random.nextInt(4));
        return new Evidence(kind, replica(), first, signature(), second, signature());
    }

    <T> List<T> some(Supplier<T> source) {
        return Stream.generate(source).limit(random.nextInt(4)).toList();
    }

    <T> Optional<T> perhaps(Supplier<T> source) {
        return random.nextBoolean() ? Optional.of(source.get()) : Optional.empty();
    }

    Message.Suspect suspect() {
        return new Message.Suspect(epoch(), view(), replica(), signature());
    }

    Message.ViewChange viewChange() {
        return new Message.ViewChange(
                epoch(),
                view(),
                perhaps(() -> certificate(Phase.PREPARE)),
                perhaps(() -> certificate(Phase.COMMIT)),
                random.nextBoolean() ? new Trigger.Suspicion(some(this::suspect)) : resignation(),
                replica(),
                signature());
    }

    Trigger.Resignation resignation() {
        return new Trigger.Resignation(
                epoch(), view(), replica(), perhaps(() -> certificate(Phase.COMMIT)), signature());
    }

    Message.NewView newView() {
        return new Message.NewView(epoch(), view(), some(this::viewChange), replica(), signature());
    }

    Vote vote(Phase phase) {
        return Vote.of(phase, ballot(), replica(), signature());
    }

    QuorumCertificate certificate(Phase phase) {
        return new QuorumCertificate(phase, ballot(), some(() -> new QuorumCertificate.Signed(replica(), signature())));
    }

    Ballot ballot() {
        return new Ballot(epoch(), view(), height(), digest());
    }

    Block block() {
        return new Block(header(), some(this::request));
    }

    Header header() {
        return new Header(
                Header.FORMAT,
                digest(),
                epoch(),
                height(),
                digest(),
                random.nextLong(),
                digest(),
                new StateRoots(random.nextLong(), random.nextLong(), random.nextLong(), digest(), digest(), digest()),
                digest(),
                digest(),
                digest(),
                digest(),
                random.nextInt());
    }

    MerkleFrontier history() {
        long size = number();
        return new MerkleFrontier(
                size, Stream.generate(this::digest).limit(Long.bitCount(size)).toList());
    }

    LogRecord.SnapshotInstalled snapshot() {
        return new LogRecord.SnapshotInstalled(
                block(), history(), some(this::header), certificate(Phase.COMMIT), random.nextInt(10));
    }

    Request request() {
        return new Request(
                new RequestId(new ClientId(random.nextInt(100)), random.nextLong(), random.nextLong()),
                bytes(random.nextInt(300)),
                signature());
    }

    Signature signature() {
        return new Signature(bytes(64));
    }

    Digest digest() {
        return new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    Bytes bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    ReplicaId replica() {
        return new ReplicaId(random.nextInt(100));
    }

    Epoch epoch() {
        return new Epoch(number());
    }

    View view() {
        return new View(number());
    }

    Height height() {
        return new Height(number());
    }

    private long number() {
        return random.nextLong() >>> (2 + random.nextInt(60));
    }
}
