package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.v1.EvidenceRecord;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** A {@link ClusterStatus} for people and for programs. */
final class StatusRendering {
    private static final List<String> COLUMNS =
            List.of("ID", "ENDPOINT", "HEALTHY", "HEIGHT", "LAG", "STATE ROOT", "REVISION", "RSS", "");
    private static final long MEBIBYTE = 1 << 20;

    private StatusRendering() {}

    static String table(ClusterStatus status) {
        StringBuilder out = new StringBuilder();
        int n = status.quorums().n();
        out.append(status.isGood() ? "ok" : "NOT OK")
                .append(": ")
                .append(status.healthy())
                .append(" of ")
                .append(n)
                .append(" replicas healthy, quorum ")
                .append(status.quorums().quorum());
        status.view().ifPresent(view -> out.append("; view ").append(view));
        status.primary().ifPresent(primary -> out.append(", primary ").append(primary));
        if (!status.chainId().isEmpty()) {
            out.append("; chain ").append(ClusterStatus.shortened(status.chainId()));
        }
        out.append('\n');
        if (status.answering() < status.quorums().quorum()) {
            out.append("Of ")
                    .append(n)
                    .append(" replicas ")
                    .append(status.answering())
                    .append(" can be reached and ")
                    .append(status.quorums().quorum())
                    .append(" are needed: until more are up, nothing is written and reads go unanswered.\n");
        }
        status.contradictions().forEach(line -> out.append("!!! ").append(line).append('\n'));
        status.evidence()
                .forEach(proof -> out.append("!!! ").append(words(proof)).append('\n'));
        out.append('\n');
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (ReplicaAnswer answer : status.answers()) {
            rows.add(row(status, answer));
        }
        return out.append(Columns.aligned(rows)).toString();
    }

    private static String words(EvidenceRecord proof) {
        return "REPLICA " + proof.getCulprit() + " LIED: it signed two blocks as " + kind(proof) + " at view "
                + proof.getFirst().getView() + ", height " + proof.getFirst().getHeight() + " (proof: --json)";
    }

    private static String kind(EvidenceRecord proof) {
        return proof.getKind().name().replace("STATEMENT_KIND_", "");
    }

    private static Json json(EvidenceRecord proof) {
        return Json.object()
                .put("culprit", proof.getCulprit())
                .put("kind", kind(proof))
                .put("epoch", Json.whole(proof.getFirst().getEpoch()))
                .put("view", Json.whole(proof.getFirst().getView()))
                .put("height", Json.whole(proof.getFirst().getHeight()))
                .put("firstBlock", Json.text(hex(proof.getFirst().getBlock())))
                .put("firstSignature", Json.text(hex(proof.getFirstSignature())))
                .put("secondBlock", Json.text(hex(proof.getSecond().getBlock())))
                .put("secondSignature", Json.text(hex(proof.getSecondSignature())))
                .build();
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static List<String> row(ClusterStatus status, ReplicaAnswer answer) {
        String id =
                answer.knownId().isPresent() ? Integer.toString(answer.knownId().getAsInt()) : "?";
        Optional<ReplicaAnswer.Report> found = answer.report();
        if (found.isEmpty()) {
            return List.of(id, answer.endpoint().toString(), "no", "-", "-", "-", "-", "-", answer.failure());
        }
        ReplicaAnswer.Report report = found.get();
        boolean leads = status.primary().isPresent() && status.primary().getAsInt() == report.id();
        return List.of(
                id,
                answer.endpoint().toString(),
                status.isHealthy(answer) ? "yes" : "no",
                Long.toString(report.height()),
                Long.toString(status.lag(report)),
                ClusterStatus.shortened(report.stateRoot()),
                Long.toString(report.revision()),
                report.residentBytes() / MEBIBYTE + " MiB",
                status.problem(report).orElse(leads ? "primary" : ""));
    }

    static Json json(ClusterStatus status) {
        Json.Builder out = Json.object()
                .put("ok", status.isGood())
                .put("view", status.view().map(Json::whole).orElse(new Json.Null()))
                .put(
                        "primary",
                        status.primary().isPresent()
                                ? Json.whole(status.primary().getAsInt())
                                : new Json.Null())
                .put("healthy", status.healthy())
                .put("quorum", status.quorums().quorum())
                .put("chainId", status.chainId().isEmpty() ? new Json.Null() : Json.text(status.chainId()))
                .put(
                        "contradictions",
                        status.contradictions().stream().map(Json::text).toList())
                .put(
                        "evidence",
                        status.evidence().stream().map(StatusRendering::json).toList());
        List<Json> replicas = new ArrayList<>();
        for (ReplicaAnswer answer : status.answers()) {
            replicas.add(replica(status, answer));
        }
        return out.put("replicas", replicas).build();
    }

    private static Json replica(ClusterStatus status, ReplicaAnswer answer) {
        Json.Builder out = Json.object()
                .put(
                        "id",
                        answer.knownId().isPresent()
                                ? Json.whole(answer.knownId().getAsInt())
                                : new Json.Null())
                .put("endpoint", answer.endpoint().toString())
                .put("healthy", status.isHealthy(answer));
        Optional<ReplicaAnswer.Report> report = answer.report();
        return out.put(
                        "problem",
                        report.map(status::problem)
                                .orElse(Optional.of(answer.failure()))
                                .map(Json::text)
                                .orElse(new Json.Null()))
                .put("view", wholeOrNull(report, ReplicaAnswer.Report::view))
                .put("height", wholeOrNull(report, ReplicaAnswer.Report::height))
                .put("lag", wholeOrNull(report, status::lag))
                .put(
                        "stateRoot",
                        report.map(ReplicaAnswer.Report::stateRoot)
                                .map(Json::text)
                                .orElse(new Json.Null()))
                .put("revision", wholeOrNull(report, ReplicaAnswer.Report::revision))
                .put("residentBytes", wholeOrNull(report, ReplicaAnswer.Report::residentBytes))
                .build();
    }

    private static Json wholeOrNull(Optional<ReplicaAnswer.Report> report, ToLongFunction<ReplicaAnswer.Report> field) {
        return report.isPresent() ? Json.whole(field.applyAsLong(report.get())) : new Json.Null();
    }
}
