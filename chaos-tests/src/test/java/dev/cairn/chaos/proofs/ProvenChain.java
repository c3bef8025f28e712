package dev.cairn.chaos.proofs;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.codec.Ed25519Signer;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Proof;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A chain of blocks as four replicas with known keys would have made it, always the same. */
final class ProvenChain implements AutoCloseable {
    private static final long SESSION = 7;
    private static final Ed25519 ED25519 = Ed25519.reference();

    /** A block with the state after it. */
    record Executed(Block block, KvState state) {
        Header header() {
            return block.header();
        }
    }

    final List<Ed25519Signer> signers = IntStream.range(0, 4)
            .mapToObj(i -> {
                byte[] seed = new byte[Ed25519.SEED_BYTES];
                Arrays.fill(seed, (byte) (i + 1));
                return new Ed25519Signer(ED25519, Bytes.wrap(seed));
            })
            .toList();
    final Genesis genesis;
    private final KvStateMachine machine;
    private MerkleFrontier history = MerkleFrontier.EMPTY;
    private Executed head;
    private long sequence;

    ProvenChain(Path directory) {
        Digest chainId = Hashing.sha256(Bytes.utf8("a chain for test vectors").shared());
        genesis = new Genesis(
                chainId,
                new Membership(
                        Epoch.ZERO,
                        signers.stream().map(Ed25519Signer::publicKey).toList()),
                Parameters.DEFAULT,
                1_000_000_000L,
                1,
                KvStateMachine.genesisRoots());
        machine = KvStateMachine.open(directory, chainId, Governance.OPEN, Limits.DEFAULT);
        head = new Executed(genesis.block(), machine.committed());
        run(request(new Operation.OpenSession(0)));
    }

    Executed head() {
        return head;
    }

    Request request(Operation... operations) {
        RequestId id = new RequestId(new ClientId(2), SESSION, sequence++);
        return signers.get(2).sign(genesis.chainId(), id, OperationCodec.encode(List.of(operations)));
    }

    Executed run(Request... requests) {
        Header parent = head.header();
        history = history.append(parent.digest());
        long time = parent.timeNanos() + 1_000_000;
        List<Request> body = List.of(requests);
        KvState state =
                machine.execute(head.state(), new Proposal(parent.height().next(), time, body));
        Header header = new Header(
                Header.FORMAT,
                parent.chainId(),
                parent.epoch(),
                state.height(),
                parent.digest(),
                time,
                Block.requestsRoot(parent.chainId(), body),
                state.roots(),
                history.root(),
                parent.validators(),
                parent.nextValidators(),
                parent.parameters(),
                parent.applicationVersion());
        head = new Executed(new Block(header, body), state);
        machine.commit(state, head.block());
        machine.persist(state, head.block());
        return head;
    }

    /** Of the state's proofs those about older revisions need the disk, so the block must not be long gone. */
    Bytes prove(Executed at, Question question) {
        Proof proof = switch (question) {
            case Question.OfState ofState -> machine.prove(at.state(), ofState, Integer.MAX_VALUE);
            case Question.Receipt receipt -> {
                List<RequestId> ids =
                        at.block().requests().stream().map(Request::id).toList();
                yield machine.receipt(
                        at.state(), at.block(), ids.lastIndexOf(receipt.id()), receipt.values(), Integer.MAX_VALUE);
            }
        };
        return switch (proof) {
            case Proof.Made made -> made.bytes();
            case Proof.Failed failed -> throw new AssertionError(question + " has no proof: " + failed.error());
            case Proof.TooLarge tooLarge -> throw new AssertionError(question + " has too large a proof");
        };
    }

    Ballot ballot(Executed at) {
        return new Ballot(
                Epoch.ZERO, new View(3), at.block().height(), at.block().digest());
    }

    QuorumCertificate certificate(Phase phase, Ballot ballot, int... voters) {
        Statement statement = Statement.of(phase.kind(), genesis.chainId(), ballot);
        return new QuorumCertificate(
                phase,
                ballot,
                Arrays.stream(voters)
                        .mapToObj(voter -> new QuorumCertificate.Signed(
                                new ReplicaId(voter),
                                signers.get(voter % signers.size()).sign(statement)))
                        .toList());
    }

    boolean isCommitted(Executed at, QuorumCertificate certificate) {
        return isUnderGenesisRules(at.header())
                && certificate.block().equals(at.block().digest())
                && certificate.height().equals(at.block().height())
                && new Ed25519Authenticator(ED25519, genesis).isValidCertificate(certificate, Phase.COMMIT);
    }

    private boolean isUnderGenesisRules(Header header) {
        Header first = genesis.block().header();
        return header.chainId().equals(first.chainId())
                && header.formatVersion() == first.formatVersion()
                && header.epoch().equals(first.epoch())
                && header.validators().equals(first.validators())
                && header.nextValidators().equals(first.validators())
                && header.parameters().equals(first.parameters());
    }

    @Override
    public void close() {
        machine.close();
    }
}
