package dev.cairn.cli;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.server.config.GenesisFile;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Finds out which replicas answer a linearizable read: they serve clients, and a quorum answers them. */
final class ServingProbe implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 1;
    private static final RangeRequest READ = RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("cairn"))
            .setCountOnly(true)
            .build();

    private final Channels channels = new Channels();

    List<Integer> serving(List<Integer> candidates, GenesisFile genesis) throws InterruptedException {
        List<ListenableFuture<RangeResponse>> calls = new ArrayList<>();
        for (int replica : candidates) {
            ManagedChannel channel = channels.to(genesis.replicas().get(replica).client());
            channel.resetConnectBackoff();
            calls.add(KVGrpc.newFutureStub(channel)
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .range(READ));
        }
        List<Integer> serving = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            try {
                calls.get(i).get();
                serving.add(candidates.get(i));
            } catch (ExecutionException e) {
                // not yet
            }
        }
        return serving;
    }

    @Override
    public void close() {
        channels.close();
    }
}
