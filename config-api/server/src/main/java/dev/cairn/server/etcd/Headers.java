package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.ResponseHeader;
import java.util.function.LongSupplier;

/** Makes response headers. A header's term is the view, counted from 1, as etcd's first leader's is above 0. */
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
        return base.toBuilder().setRevision(revision).setRaftTerm(term()).build();
    }

    /** The present one. */
    public long term() {
        return view.getAsLong() + 1;
    }

    /** What etcd puts on replies inside a transaction's reply. */
    static ResponseHeader nested(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }
}
