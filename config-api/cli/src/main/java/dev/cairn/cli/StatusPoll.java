package dev.cairn.cli;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.server.config.HostPort;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Asks every endpoint at once how it is. */
final class StatusPoll {
    private final Channels channels;
    private final Duration timeout;

    StatusPoll(Channels channels, Duration timeout) {
        this.channels = channels;
        this.timeout = timeout;
    }

    ClusterStatus ask(List<HostPort> endpoints) throws InterruptedException {
        List<ListenableFuture<ReplicaStatusResponse>> calls = new ArrayList<>();
        for (HostPort endpoint : endpoints) {
            calls.add(ReplicaGrpc.newFutureStub(channels.to(endpoint))
                    .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .status(ReplicaStatusRequest.getDefaultInstance()));
        }
        List<ReplicaAnswer> answers = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            answers.add(answer(endpoints.get(i), calls.get(i)));
        }
        return new ClusterStatus(named(answers));
    }

    private static ReplicaAnswer answer(HostPort endpoint, ListenableFuture<ReplicaStatusResponse> call)
            throws InterruptedException {
        try {
            ReplicaStatusResponse response = call.get();
            return ReplicaAnswer.of(
                    endpoint,
                    new ReplicaAnswer.Report(
                            response.getReplica(),
                            response.getReplicas(),
                            hex(response.getChainId()),
                            response.getView(),
                            response.getChanging(),
                            response.getPrimary(),
                            response.getCommittedHeight(),
                            hex(response.getStateRoot()),
                            response.getRevision(),
                            response.getResidentBytes()));
        } catch (ExecutionException e) {
            return ReplicaAnswer.unreachable(endpoint, EtcdClient.describe(Status.fromThrowable(e)));
        }
    }

    /** Gives silent endpoints the ids that the members have for them. */
    private List<ReplicaAnswer> named(List<ReplicaAnswer> answers) {
        boolean allKnown = answers.stream().allMatch(answer -> answer.knownId().isPresent());
        Map<String, Integer> ids = allKnown ? Map.of() : memberIds(answers);
        return answers.stream()
                .map(answer -> {
                    Integer id = ids.get(answer.endpoint().toString());
                    return answer.knownId().isPresent() || id == null ? answer : answer.withKnownId(id);
                })
                .toList();
    }

    /** Client address to replica id, by the member list of the first replica that gives one. */
    private Map<String, Integer> memberIds(List<ReplicaAnswer> answers) {
        for (ReplicaAnswer answer : answers) {
            if (answer.report().isEmpty()) {
                continue;
            }
            try {
                Map<String, Integer> ids = new HashMap<>();
                for (Member member : ClusterGrpc.newBlockingStub(channels.to(answer.endpoint()))
                        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                        .memberList(MemberListRequest.getDefaultInstance())
                        .getMembersList()) {
                    OptionalInt id = replicaId(member.getName());
                    if (id.isPresent()) {
                        member.getClientURLsList()
                                .forEach(url -> ids.put(url.replaceFirst("^https?://", ""), id.getAsInt()));
                    }
                }
                return ids;
            } catch (StatusRuntimeException e) {
                // the next one may know
            }
        }
        return Map.of();
    }

    private static OptionalInt replicaId(String memberName) {
        String digits = memberName.substring(memberName.lastIndexOf('-') + 1);
        return digits.matches("[0-9]{1,4}") ? OptionalInt.of(Integer.parseInt(digits)) : OptionalInt.empty();
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
