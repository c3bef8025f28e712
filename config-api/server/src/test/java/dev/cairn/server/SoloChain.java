package dev.cairn.server;

import dev.cairn.codec.Ed25519;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Witness;
import dev.cairn.runtime.CommittedChain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A chain as four replicas would have certified it, by one who holds all their keys. In memory. */
public final class SoloChain implements CommittedChain {
    private static final int REPLICAS = 4;

    /** Always the same, whatever rights there come to be: published files name its chains. */
    private static final Governance GOVERNANCE = new Governance(
            Governance.OPEN.registry(), Governance.OPEN.guards(), Optional.empty(), EnumSet.of(Right.COMPACT), 0);

    private static final int QUORUM = 3;

    private final Ed25519 ed25519 = Ed25519.fastest();
    private final List<Ed25519.SigningKey> keys;
    private final GenesisFile document;
    private final List<Block> blocks = new ArrayList<>();
    private final List<QuorumCertificate> certificates = new ArrayList<>();
    private long heldFrom;

    /** Two chains with the same name are the same cluster's, with the same keys. */
    public SoloChain(String cluster) {
        this.keys = IntStream.range(0, REPLICAS)
                .mapToObj(i -> ed25519.signingKey(seed(i)))
                .toList();
        List<GenesisFile.Member> members = IntStream.range(0, REPLICAS)
                .mapToObj(i -> new GenesisFile.Member(
                        new HostPort("127.0.0.1", 2379 + 10 * i),
                        new HostPort("127.0.0.1", 2380 + 10 * i),
                        new Digest(i, 1, 1, 1),
                        keys.get(i).publicKey()))
                .toList();
        this.document = new GenesisFile(
                cluster, Instant.parse("2026-01-01T00:00:00Z"), Parameters.DEFAULT, members, GOVERNANCE);
        this.blocks.add(document.genesis().block());
    }

    /** What the replica signs with. */
    static Bytes seed(int replica) {
        byte[] seed = new byte[Ed25519.SEED_BYTES];
        seed[0] = (byte) (replica + 1);
        return Bytes.wrap(seed);
    }

    public GenesisFile document() {
        return document;
    }

    public synchronized Block head() {
        return blocks.getLast();
    }

    /** The block that would come next. */
    public synchronized Block next(List<Request> requests, StateRoots roots, long timeNanos) {
        Header parent = blocks.getLast().header();
        return new Block(
                new Header(
                        Header.FORMAT,
                        parent.chainId(),
                        parent.epoch(),
                        parent.height().next(),
                        blocks.getLast().digest(),
                        timeNanos,
                        Block.requestsRoot(parent.chainId(), requests),
                        roots,
                        tree(0, blocks.size()).root(),
                        parent.validators(),
                        parent.nextValidators(),
                        parent.parameters(),
                        parent.applicationVersion()),
                requests);
    }

    /** Makes {@code block} the head. */
    public synchronized QuorumCertificate append(Block block) {
        QuorumCertificate certificate = certify(block.header(), View.ZERO, QUORUM);
        blocks.add(block);
        certificates.add(certificate);
        return certificate;
    }

    /** The first replicas' votes for a header. */
    public QuorumCertificate certify(Header header, View view, int votes) {
        Ballot ballot = new Ballot(header.epoch(), view, header.height(), header.digest());
        byte[] statement =
                Statement.of(Statement.Kind.COMMIT, header.chainId(), ballot).encode();
        return new QuorumCertificate(
                Phase.COMMIT,
                ballot,
                IntStream.range(0, votes)
                        .mapToObj(i -> new QuorumCertificate.Signed(new ReplicaId(i), sign(i, statement)))
                        .toList());
    }

    private Signature sign(int replica, byte[] statement) {
        return new Signature(ed25519.sign(keys.get(replica), statement));
    }

    /** Two votes of one replica that no honest one gives both. */
    public Evidence contradictionOf(int replica) {
        Digest chainId = document.genesis().chainId();
        Height height = new Height(7);
        Ballot one = new Ballot(Epoch.ZERO, View.ZERO, height, new Digest(1, 0, 0, 0));
        Ballot other = new Ballot(Epoch.ZERO, View.ZERO, height, new Digest(2, 0, 0, 0));
        Statement.Kind kind = Statement.Kind.COMMIT;
        return new Evidence(
                kind,
                new ReplicaId(replica),
                one,
                sign(replica, Statement.of(kind, chainId, one).encode()),
                other,
                sign(replica, Statement.of(kind, chainId, other).encode()));
    }

    /** The headers below {@code height}, but the genesis block, are as if they had never been here; 0 brings them back. */
    public synchronized void forgetBelow(long height) {
        heldFrom = height;
    }

    /** A request as the first replica signs it. */
    public Request sign(RequestId id, Bytes operations) {
        byte[] signed = Request.signedBytes(document.chainId(), id, operations);
        return new Request(id, operations, sign(0, signed));
    }

    /** A quorum's word that the head is the newest. */
    public Testimony testify(Digest challenge, long timeNanos) {
        Height height = head().height();
        Digest chainId = head().header().chainId();
        Digest asked = Testimony.challengeOf(List.of(challenge));
        byte[] statement = Witness.statement(chainId, Epoch.ZERO, asked, timeNanos, View.ZERO, height)
                .encode();
        List<Witness> witnesses = IntStream.range(0, QUORUM)
                .mapToObj(i -> new Witness(
                        Epoch.ZERO, new ReplicaId(i), asked, timeNanos, View.ZERO, height, sign(i, statement)))
                .toList();
        return new Testimony(List.of(challenge), witnesses);
    }

    private synchronized Optional<Block> at(Height height) {
        boolean isHeld =
                height.value() < blocks.size() && (height.equals(Height.GENESIS) || height.value() >= heldFrom);
        return isHeld ? Optional.of(blocks.get((int) height.value())) : Optional.empty();
    }

    private synchronized MerkleFrontier tree(long from, long to) {
        MerkleFrontier tree = MerkleFrontier.EMPTY;
        for (Block block : blocks.subList((int) from, (int) to)) {
            tree = tree.append(block.digest());
        }
        return tree;
    }

    @Override
    public synchronized Optional<Committed> committed(Height height) {
        return at(height)
                .filter(block -> block.height().isAbove(Height.GENESIS))
                .map(block -> new Committed(block.digest(), certificates.get((int) height.value() - 1)));
    }

    @Override
    public Optional<Header> header(Height height) {
        return at(height).map(Block::header);
    }

    @Override
    public Optional<Block> block(Height height) {
        return at(height);
    }

    @Override
    public Optional<MerkleFrontier> historyBefore(Height height) {
        return Optional.of(tree(0, height.value()));
    }

    @Override
    public synchronized Optional<List<Digest>> fill(long from, long to) {
        if (from < heldFrom && from < to) {
            return Optional.empty();
        }
        List<Digest> roots = new ArrayList<>();
        for (long at = from; at < to; ) {
            long leaves = 1L << MerkleFrontier.nextLevels(at, to);
            roots.add(tree(at, at + leaves).root());
            at += leaves;
        }
        return Optional.of(roots);
    }
}
