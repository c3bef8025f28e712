package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.etcdserverpb.MemberAddRequest;
import dev.cairn.proto.etcdserverpb.MemberAddResponse;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.etcdserverpb.MemberListResponse;
import dev.cairn.proto.etcdserverpb.MemberPromoteRequest;
import dev.cairn.proto.etcdserverpb.MemberPromoteResponse;
import dev.cairn.proto.etcdserverpb.MemberRemoveRequest;
import dev.cairn.proto.etcdserverpb.MemberRemoveResponse;
import dev.cairn.proto.etcdserverpb.MemberUpdateRequest;
import dev.cairn.proto.etcdserverpb.MemberUpdateResponse;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who the members are. They are those of the genesis document, and a call that would change them says that it cannot, where
 * it is not wrong already.
 */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private static final List<String> SCHEMES = List.of("http", "https");

    private final ClusterIdentity cluster;
    private final Headers headers;
    private final Consumer<ReadIndex.Read> points;

    /** Lists at once: who is asked cannot have fallen behind. */
    public ClusterService(ClusterIdentity cluster, Headers headers) {
        this(cluster, headers, ReadIndex.Read::proceed);
    }

    /**
     * Serves from the start.
     *
     * @param points where a list that is to be linearizable waits for its point
     */
    public ClusterService(ClusterIdentity cluster, Headers headers, Consumer<ReadIndex.Read> points) {
        this.cluster = cluster;
        this.headers = headers;
        this.points = points;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> responses) {
        if (!request.getLinearizable()) {
            list(responses);
            return;
        }
        points.accept(new ReadIndex.Read() {
            @Override
            public void proceed() {
                list(responses);
            }

            @Override
            public void refuse(Refusal why) {
                responses.onError(EtcdError.of(why).exception());
            }
        });
    }

    private void list(StreamObserver<MemberListResponse> responses) {
        MemberListResponse.Builder response = MemberListResponse.newBuilder().setHeader(headers.at(0));
        List<Long> ids = cluster.memberIds();
        for (int i = 0; i < ids.size(); i++) {
            ClusterIdentity.Member member = cluster.members().get(i);
            response.addMembers(Member.newBuilder()
                    .setID(ids.get(i))
                    .setName(member.name())
                    .addAllPeerURLs(member.peerUrls())
                    .addAllClientURLs(member.clientUrls()));
        }
        responses.onNext(response.build());
        responses.onCompleted();
    }

    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> responses) {
        List<String> urls = request.getPeerURLsList();
        boolean known = cluster.members().stream()
                .anyMatch(member -> member.peerUrls().stream().anyMatch(urls::contains));
        boolean wrong = urls.isEmpty() || !urls.stream().allMatch(ClusterService::isPeerUrl);
        refuse(
                responses,
                wrong ? EtcdError.BAD_MEMBER_URLS : known ? EtcdError.PEER_URL_EXISTS : EtcdError.FIXED_MEMBERS);
    }

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> responses) {
        refuse(responses, isMember(request.getID()) ? EtcdError.FIXED_MEMBERS : EtcdError.MEMBER_NOT_FOUND);
    }

    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> responses) {
        boolean wrong = request.getPeerURLsList().isEmpty()
                || !request.getPeerURLsList().stream().allMatch(ClusterService::isPeerUrl);
        EtcdError known = isMember(request.getID()) ? EtcdError.FIXED_MEMBERS : EtcdError.MEMBER_NOT_FOUND;
        refuse(responses, wrong ? EtcdError.BAD_MEMBER_URLS : known);
    }

    /** No member is a learner. */
    @Override
    public void memberPromote(MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> responses) {
        refuse(responses, isMember(request.getID()) ? EtcdError.NOT_A_LEARNER : EtcdError.MEMBER_NOT_FOUND);
    }

    private boolean isMember(long id) {
        return cluster.memberIds().contains(id);
    }

    private static void refuse(StreamObserver<?> responses, EtcdError error) {
        responses.onError(error.exception());
    }

    /** As etcd wants them: a scheme, a host and a port, and no path. */
    private static boolean isPeerUrl(String text) {
        try {
            URI url = new URI(text);
            return url.getScheme() != null
                    && SCHEMES.contains(url.getScheme())
                    && url.getHost() != null
                    && url.getPort() >= 0
                    && (url.getPath() == null || url.getPath().isEmpty());
        } catch (URISyntaxException _) {
            return false;
        }
    }
}
