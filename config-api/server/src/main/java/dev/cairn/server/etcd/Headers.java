package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.ResponseHeader;
import java.util.function.LongSupplier;

/** Makes response headers. A header's term is the view. */
public final class Headers {
    private final ResponseHeader base;
    private final LongSupplier view;

    public Headers(ClusterIdentity cluster, LongSupplier view) {
        this.base = ResponseHeader.newBuilder()
                .setClusterId(cluster.clusterId())
                .setMemberId(cluster.memberId())
                .build();
        this.view = view;
    }

    /** The header of an answer that was made at {@code revision}. */
    public ResponseHeader at(long revision) {
        return base.toBuilder()
                .setRevision(revision)
                .setRaftTerm(view.getAsLong())
                .build();
    }

    /** What etcd puts on replies inside a transaction's reply. */
    static ResponseHeader nested(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }
}
