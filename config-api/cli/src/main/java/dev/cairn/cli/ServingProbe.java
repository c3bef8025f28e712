package dev.cairn.cli;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Finds out which replicas of a cluster answer a linearizable read: they serve clients, and a quorum answers them.
 * Another cluster at the same addresses does not count.
 */
final class ServingProbe implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 1;

    private final GenesisFile genesis;
    private final ByteString chainId;
    private final Channels channels = new Channels();

    ServingProbe(GenesisFile genesis) {
        this.genesis = genesis;
        this.chainId = ByteString.copyFrom(genesis.chainId().toArray());
    }

    List<Integer> serving(List<Integer> candidates) throws InterruptedException {
        List<ListenableFuture<Boolean>> answers = new ArrayList<>();
        for (int replica : candidates) {
            answers.add(ask(replica));
        }
        List<Integer> serving = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            try {
                if (answers.get(i).get()) {
                    serving.add(candidates.get(i));
                }
            } catch (ExecutionException e) {
                // not yet
            }
        }
        return serving;
    }

    private ListenableFuture<Boolean> ask(int replica) {
        ManagedChannel channel = channels.to(genesis.replicas().get(replica).client());
        channel.resetConnectBackoff();
        ListenableFuture<ReplicaStatusResponse> status = ReplicaGrpc.newFutureStub(channel)
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .status(ReplicaStatusRequest.getDefaultInstance());
        return Futures.transformAsync(
                status,
                who -> who.getChainId().equals(chainId) && who.getReplica() == replica
                        ? reads(channel)
                        : Futures.immediateFuture(false),
                MoreExecutors.directExecutor());
    }

    /** What everybody may ask, also where permissions are enabled, and what a quorum answers. */
    private static ListenableFuture<Boolean> reads(ManagedChannel channel) {
        return Futures.transform(
                AuthGrpc.newFutureStub(channel)
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .authStatus(AuthStatusRequest.getDefaultInstance()),
                answer -> true,
                MoreExecutors.directExecutor());
    }

    @Override
    public void close() {
        channels.close();
    }
}
