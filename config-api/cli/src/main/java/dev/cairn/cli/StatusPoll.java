package dev.cairn.cli;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Asks every endpoint at once how it is, and then the replicas that these know of and that were not named. */
final class StatusPoll {
    private final Channels channels;
    private final Duration timeout;

    StatusPoll(Channels channels, Duration timeout) {
        this.channels = channels;
        this.timeout = timeout;
    }

    ClusterStatus ask(List<HostPort> endpoints) throws InterruptedException {
        List<ReplicaAnswer> answers = askEach(endpoints);
        if (isComplete(answers)) {
            return new ClusterStatus(answers);
        }
        Map<HostPort, Integer> members = members(answers);
        List<ReplicaAnswer> named = new ArrayList<>(named(answers, members));
        List<HostPort> others = members.entrySet().stream()
                .filter(member ->
                        named.stream().noneMatch(answer -> answer.knownId().equals(OptionalInt.of(member.getValue()))))
                .map(Map.Entry::getKey)
                .toList();
        named.addAll(named(askEach(others), members));
        named.sort(Comparator.comparingInt(answer -> answer.knownId().orElse(Integer.MAX_VALUE)));
        return new ClusterStatus(named);
    }

    private static boolean isComplete(List<ReplicaAnswer> answers) {
        return answers.stream()
                .allMatch(answer ->
                        answer.report().isPresent() && answer.report().get().replicas() <= answers.size());
    }

    private List<ReplicaAnswer> askEach(List<HostPort> endpoints) throws InterruptedException {
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
        return answers;
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
                            response.getResidentBytes(),
                            response.getEvidenceList(),
                            response.getQuarantined(),
                            response.hasTransfer() ? Optional.of(response.getTransfer()) : Optional.empty()));
        } catch (ExecutionException e) {
            return ReplicaAnswer.unreachable(endpoint, EtcdClient.describe(Status.fromThrowable(e)));
        }
    }

    /** Gives silent endpoints the ids that the members have for them. */
    private static List<ReplicaAnswer> named(List<ReplicaAnswer> answers, Map<HostPort, Integer> members) {
        return answers.stream()
                .map(answer -> {
                    Integer id = members.get(answer.endpoint());
                    return answer.knownId().isPresent() || id == null ? answer : answer.withKnownId(id);
                })
                .toList();
    }

    /** Client address to replica id, by the member list of the first replica that gives one. */
    private Map<HostPort, Integer> members(List<ReplicaAnswer> answers) {
        for (ReplicaAnswer answer : answers) {
            if (answer.report().isEmpty()) {
                continue;
            }
            try {
                Map<HostPort, Integer> ids = new LinkedHashMap<>();
                for (Member member : ClusterGrpc.newBlockingStub(channels.asUser(answer.endpoint()))
                        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                        .memberList(MemberListRequest.getDefaultInstance())
                        .getMembersList()) {
                    OptionalInt id = replicaId(member.getName());
                    for (String url : id.isPresent() ? member.getClientURLsList() : List.<String>of()) {
                        ids.put(HostPort.parse(url.replaceFirst("^https?://", "")), id.getAsInt());
                    }
                }
                return ids;
            } catch (StatusRuntimeException | IllegalArgumentException e) {
                // it gives none that can be used; the next one may
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
