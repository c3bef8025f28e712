package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.client.CairnClient;
import dev.cairn.client.CertificateFault;
import dev.cairn.client.ForkEvidence;
import dev.cairn.client.Freshness;
import dev.cairn.client.Refusal;
import dev.cairn.proto.v1.GetResponse;
import dev.cairn.proto.v1.HeadResponse;
import dev.cairn.proto.v1.ProvenHead;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import io.grpc.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each way to lie about the newest head is refused, for a reason of its own. */
class LyingHeadTest extends LiedToClients {

    private Refusal refusalOfHead(UnaryOperator<ProvenHead> lie) throws IOException {
        return refusal(sayingHead(lie), client -> client.head(NEW));
    }

    private Channel sayingHead(UnaryOperator<ProvenHead> lie) {
        return Liar.saying(
                served.channel,
                message -> message instanceof HeadResponse head
                        ? head.toBuilder().setHead(lie.apply(head.getHead())).build()
                        : message);
    }

    private static ByteString raw(byte[] bytes) {
        return ByteString.copyFrom(bytes);
    }

    private QuorumCertificate genuine(ProvenHead head) {
        return QuorumCertificate.decode(head.getCertificate().toByteArray());
    }

    private CertificateFault faultOf(UnaryOperator<QuorumCertificate> forgery) throws IOException {
        Refusal refusal = refusalOfHead(head -> head.toBuilder()
                .setCertificate(raw(forgery.apply(genuine(head)).encode()))
                .build());
        assertThat(refusal).isInstanceOf(Refusal.NotCertified.class);
        return ((Refusal.NotCertified) refusal).fault();
    }

    private static QuorumCertificate withVotes(QuorumCertificate certificate, List<QuorumCertificate.Signed> votes) {
        return new QuorumCertificate(certificate.phase(), certificate.ballot(), votes);
    }

    @Test
    void eachForgedCertificateIsToldFromTheOthers() throws Exception {
        assertThat(faultOf(c -> withVotes(c, List.of()))).isEqualTo(CertificateFault.NO_VOTES);
        assertThat(faultOf(c -> withVotes(c, c.votes().subList(0, 2)))).isEqualTo(CertificateFault.TOO_FEW_VOTES);
        assertThat(faultOf(c -> withVotes(
                        c, List.of(c.votes().get(0), c.votes().get(1), c.votes().get(0)))))
                .isEqualTo(CertificateFault.SAME_SIGNER_TWICE);
        assertThat(faultOf(c -> withVotes(
                        c,
                        List.of(
                                c.votes().get(0),
                                c.votes().get(1),
                                new QuorumCertificate.Signed(
                                        new ReplicaId(4), c.votes().get(2).signature())))))
                .isEqualTo(CertificateFault.NOT_A_MEMBER);
        assertThat(faultOf(c -> withVotes(
                        c,
                        List.of(
                                c.votes().get(0),
                                c.votes().get(1),
                                new QuorumCertificate.Signed(
                                        new ReplicaId(3), c.votes().get(2).signature())))))
                .isEqualTo(CertificateFault.BAD_SIGNATURE);
        assertThat(faultOf(c -> new QuorumCertificate(Phase.PREPARE, c.ballot(), c.votes())))
                .isEqualTo(CertificateFault.OTHER_PHASE);
        assertThat(faultOf(c -> new QuorumCertificate(
                        c.phase(),
                        new Ballot(
                                c.ballot().epoch(),
                                c.view(),
                                c.height(),
                                served.chain.document().genesis().block().digest()),
                        c.votes())))
                .isEqualTo(CertificateFault.OTHER_BLOCK);
        assertThat(faultOf(c -> new QuorumCertificate(
                        c.phase(), new Ballot(c.ballot().epoch(), new View(7), c.height(), c.block()), c.votes())))
                .isEqualTo(CertificateFault.BAD_SIGNATURE);
    }

    @Test
    void aHeadOfAnotherChainIsRefused() throws Exception {
        SoloChain other = new SoloChain("other");
        Block block = other.next(List.of(), other.head().header().roots(), 1);
        QuorumCertificate certificate = other.append(block);
        Refusal refusal = refusalOfHead(head -> head.toBuilder()
                .setHeader(raw(block.header().encode()))
                .setCertificate(raw(certificate.encode()))
                .build());
        assertThat(refusal).isInstanceOf(Refusal.ForeignChain.class);
    }

    /** Certified by those whose votes count today; what they mean by it this client cannot know. */
    @Test
    void aHeadUnderOtherRulesOrOfOtherReplicasIsRefused() throws Exception {
        Header genuine = served.chain.head().header();
        Digest other = new Digest(1, 2, 3, 4);
        List<Header> foreign = List.of(
                header(genuine, 2, 0, genuine.validators(), genuine.validators(), genuine.parameters()),
                header(genuine, 1, 1, genuine.validators(), genuine.validators(), genuine.parameters()),
                header(genuine, 1, 0, other, other, genuine.parameters()),
                header(genuine, 1, 0, genuine.validators(), other, genuine.parameters()),
                header(genuine, 1, 0, genuine.validators(), genuine.validators(), other));
        for (Header header : foreign) {
            QuorumCertificate certificate = served.chain.certify(header, View.ZERO, 3);
            Refusal refusal = refusalOfHead(head -> head.toBuilder()
                    .setHeader(raw(header.encode()))
                    .setCertificate(raw(certificate.encode()))
                    .build());
            assertThat(refusal).isInstanceOf(Refusal.UnknownRules.class);
        }
    }

    private static Header header(
            Header like, int format, long epoch, Digest validators, Digest nextValidators, Digest parameters) {
        return new Header(
                format,
                like.chainId(),
                new Epoch(epoch),
                like.height(),
                like.parent(),
                like.timeNanos(),
                like.requestsRoot(),
                like.roots(),
                like.historyRoot(),
                validators,
                nextValidators,
                parameters,
                like.applicationVersion());
    }

    @Test
    void aHeadThatNothingLeadsToIsRefused() throws Exception {
        assertThat(refusalOfHead(head -> head.toBuilder().clearHistory().build()))
                .isInstanceOf(Refusal.Malformed.class);
        assertThat(refusalOfHead(head -> {
                    byte[] history = head.getHistory().toByteArray();
                    history[5] ^= 1;
                    return head.toBuilder().setHistory(raw(history)).build();
                }))
                .isInstanceOf(Refusal.NotADescendant.class);
    }

    @Test
    void anOldHeadIsNoAnswerToANonce() throws Exception {
        AtomicReference<HeadResponse> recorded = new AtomicReference<>();
        VerifyingClients.of(served.chain, Liar.saying(served.channel, message -> {
                    recorded.set((HeadResponse) message);
                    return message;
                }))
                .head(NEW);
        put(honest, "key/1", "newer");
        assertThat(refusal(Liar.replaying(recorded.get()), client -> client.head(NEW)))
                .isInstanceOf(Refusal.NotLinearizable.class);
    }

    @Test
    void whoHasSeenMoreIsNotTakenBack() throws Exception {
        AtomicReference<GetResponse> recorded = new AtomicReference<>();
        Freshness loose = Freshness.within(Duration.ofHours(1));
        VerifyingClients.of(served.chain, Liar.saying(served.channel, message -> {
                    recorded.set((GetResponse) message);
                    return message;
                }))
                .get(KEY, loose);
        put(honest, "key/1", "newer");
        AtomicReference<Channel> now = new AtomicReference<>(served.channel);
        CairnClient client = VerifyingClients.of(served.chain, new SwitchedChannel(now));
        client.head(NEW);
        now.set(Liar.replaying(recorded.get()));
        assertThat(refusal(client, c -> c.get(KEY, loose))).isInstanceOf(Refusal.Rollback.class);
    }

    /** Two certified blocks at one height: more than f lie. From then on nothing is believed. */
    @Test
    void aForkIsKeptAndEndsAllBelief() throws Exception {
        SoloChain forked = new SoloChain("served");
        for (long height = 1; height < served.chain.head().height().value(); height++) {
            forked.append(served.chain.block(new Height(height)).orElseThrow());
        }
        Block genuine = served.chain.head();
        Block other = forked.next(
                List.of(), genuine.header().roots(), genuine.header().timeNanos());
        QuorumCertificate certificate = forked.append(other);
        AtomicReference<Channel> now = new AtomicReference<>(served.channel);
        CairnClient client = VerifyingClients.of(served.chain, new SwitchedChannel(now));
        client.head(NEW);
        now.set(sayingHead(head -> head.toBuilder()
                .setHeader(raw(other.header().encode()))
                .setCertificate(raw(certificate.encode()))
                .build()));
        Refusal refusal = refusal(client, c -> c.head(NEW));
        assertThat(refusal).isInstanceOf(Refusal.Forked.class);
        ForkEvidence evidence = ((Refusal.Forked) refusal).evidence();
        assertThat(evidence.guilty()).hasSize(3);
        now.set(served.channel);
        assertThat(refusal(client, c -> c.head(NEW))).isEqualTo(refusal);
    }
}
