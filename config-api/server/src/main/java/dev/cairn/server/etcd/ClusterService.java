package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.etcdserverpb.MemberListResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** Who the members are. They do not change while a genesis is in force, so no read index is needed. */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private final ClusterIdentity cluster;
    private final Headers headers;

    public ClusterService(ClusterIdentity cluster, Headers headers) {
        this.cluster = cluster;
        this.headers = headers;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> responses) {
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
}
