package dev.cairn.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who must have signed what. */
class Ed25519AuthenticatorTest {
    private static final Digest CHAIN = Hashing.sha256(new byte[] {1});
    private static final Ballot BALLOT =
            new Ballot(Epoch.ZERO, new View(3), new Height(9), Hashing.sha256(new byte[] {2}));

    private final Ed25519 ed25519 = Ed25519.fastest();
    private final List<Ed25519Signer> signers = IntStream.range(0, 4)
            .mapToObj(i -> new Ed25519Signer(ed25519, seed(i)))
            .toList();
    private final Ed25519Authenticator authenticator = new Ed25519Authenticator(
            ed25519, genesis(signers.stream().map(Ed25519Signer::publicKey).toList()));

    private static Bytes seed(int i) {
        byte[] seed = new byte[32];
        seed[0] = (byte) i;
        return Bytes.wrap(seed);
    }

    private static Genesis genesis(List<Bytes> keys) {
        return new Genesis(
                CHAIN,
                new Membership(Epoch.ZERO, keys),
                Parameters.DEFAULT,
                1,
                1,
                new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, Digest.ZERO));
    }

    private Message.Prepare prepare(int voter, int signer, Statement.Kind kind, Digest chain) {
        Signature signature = signers.get(signer).sign(Statement.of(kind, chain, BALLOT));
        return new Message.Prepare(BALLOT, new ReplicaId(voter), signature);
    }

    @Test
    void aVoteIsItsVotersOnThisChainInItsPhase() {
        assertThat(authenticator.verify(prepare(1, 1, Statement.Kind.PREPARE, CHAIN)))
                .isPresent();
        assertThat(authenticator.verify(prepare(1, 2, Statement.Kind.PREPARE, CHAIN)))
                .isEmpty();
        assertThat(authenticator.verify(prepare(1, 1, Statement.Kind.COMMIT, CHAIN)))
                .isEmpty();
        assertThat(authenticator.verify(prepare(1, 1, Statement.Kind.PREPARE, Digest.ZERO)))
                .isEmpty();
        assertThat(authenticator.verify(prepare(7, 1, Statement.Kind.PREPARE, CHAIN)))
                .isEmpty();
    }

    @Test
    void evidenceConvictsOnlyWhoSignedBothStatements() {
        Ballot rival = new Ballot(BALLOT.epoch(), BALLOT.view(), BALLOT.height(), Hashing.sha256(new byte[] {3}));
        Vote first = prepare(1, 1, Statement.Kind.PREPARE, CHAIN);
        Signature signature = signers.get(1).sign(Statement.of(Statement.Kind.PREPARE, CHAIN, rival));
        assertThat(authenticator.isProof(Evidence.of(first, new Message.Prepare(rival, new ReplicaId(1), signature))))
                .isTrue();
        assertThat(authenticator.isProof(
                        Evidence.of(first, new Message.Prepare(rival, new ReplicaId(1), first.signature()))))
                .isFalse();
        Message.Prepare slandered = new Message.Prepare(BALLOT, new ReplicaId(2), first.signature());
        assertThat(authenticator.isProof(
                        Evidence.of(slandered, new Message.Prepare(rival, new ReplicaId(2), signature))))
                .isFalse();
    }

    @Test
    void aRequestIsItsGatewaysAndVerifiedOnce() {
        Request request = signers.get(2).sign(CHAIN, new RequestId(new ClientId(2), 5, 6), Bytes.utf8("put"));
        assertThat(authenticator.verify(forward(request))).isPresent();
        long before = authenticator.verified();
        assertThat(authenticator.verify(forward(request))).isPresent();
        assertThat(authenticator.verified()).isEqualTo(before);
    }

    @Test
    void whatWasNotSignedIsNotRemembered() {
        Request request = signers.get(2).sign(CHAIN, new RequestId(new ClientId(2), 5, 6), Bytes.utf8("put"));
        assertThat(authenticator.verify(forward(request))).isPresent();
        Request otherText = new Request(request.id(), Bytes.utf8("get"), request.signature());
        Request otherClient =
                new Request(new RequestId(new ClientId(1), 5, 6), request.operations(), request.signature());
        Request stranger = new Request(new RequestId(new ClientId(4), 5, 6), request.operations(), request.signature());
        Request otherSignature =
                new Request(request.id(), request.operations(), new Signature(Bytes.wrap(new byte[64])));
        for (Request forged : List.of(otherText, otherClient, stranger, otherSignature)) {
            assertThat(authenticator.verify(forward(forged))).isEmpty();
            assertThat(authenticator.verify(forward(forged))).isEmpty();
        }
    }

    @Test
    void aGatewaysOwnRequestIsTrustedWithoutArithmetic() {
        Request own = signers.get(0).sign(CHAIN, new RequestId(new ClientId(0), 1, 1), Bytes.utf8("put"));
        authenticator.trust(own);
        assertThat(authenticator.verify(forward(own))).isPresent();
        assertThat(authenticator.verified()).isZero();
    }

    @Test
    void aMemberWithAnInvalidKeyIsRefused() {
        byte[] identity = new byte[32];
        identity[0] = 1;
        assertThatThrownBy(() -> new Ed25519Authenticator(ed25519, genesis(List.of(Bytes.wrap(identity)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("replica 0");
    }

    private static Message forward(Request request) {
        return new Message.Forward(List.of(request), false);
    }
}
