package dev.cairn.cli;

import dev.cairn.proto.v1.EvidenceRecord;
import dev.cairn.proto.v1.TransferStatus;
import dev.cairn.protocol.quorum.QuorumSystem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** What the answers of all asked replicas say together. Each answer is one replica's word only. */
record ClusterStatus(List<ReplicaAnswer> answers) {
    /** Further behind than a checkpoint interval is not keeping up but catching up. */
    static final long MAX_LAG = 256;

    ClusterStatus {
        answers = List.copyOf(answers);
    }

    /** How many replicas there are, by the healthy ones' word; by the number of endpoints where none is healthy. */
    QuorumSystem quorums() {
        return new QuorumSystem(Math.max(
                1, reports().mapToInt(ReplicaAnswer.Report::replicas).max().orElse(answers.size())));
    }

    /** The greatest height that any replica has committed; 0 where none answers. */
    long height() {
        return reports().mapToLong(ReplicaAnswer.Report::height).max().orElse(0);
    }

    long lag(ReplicaAnswer.Report report) {
        return height() - report.height();
    }

    boolean isHealthy(ReplicaAnswer answer) {
        return answer.report().filter(report -> problem(report).isEmpty()).isPresent();
    }

    /** Why a replica that answers is not healthy. */
    Optional<String> problem(ReplicaAnswer.Report report) {
        if (!report.chainId().equals(chainId())) {
            return Optional.of("belongs to another cluster, chain " + shortened(report.chainId()));
        }
        String fetched = report.transfer().map(ClusterStatus::progress).orElse("");
        if (report.quarantined()) {
            return Optional.of("its state is wrong or missing, it fetches another" + fetched);
        }
        if (report.transfer().isPresent()) {
            return Optional.of("fetches the state" + fetched);
        }
        if (report.changing()) {
            return Optional.of("waits for view " + report.view() + " to begin");
        }
        if (lag(report) > MAX_LAG) {
            return Optional.of("catching up");
        }
        return Optional.empty();
    }

    private static String progress(TransferStatus transfer) {
        return " at height " + transfer.getAnchorHeight() + ", " + (transfer.getBytes() >> 10) + " KiB so far";
    }

    /** The chain that most of them are on. */
    String chainId() {
        return mostCommon(reports().map(ReplicaAnswer.Report::chainId).toList()).orElse("");
    }

    /** The view that most healthy replicas are in. */
    Optional<Long> view() {
        return mostCommon(
                healthyReports().stream().map(ReplicaAnswer.Report::view).toList());
    }

    OptionalInt primary() {
        Optional<Long> view = view();
        return healthyReports().stream()
                .filter(report -> view.equals(Optional.of(report.view())))
                .mapToInt(ReplicaAnswer.Report::primary)
                .findFirst();
    }

    /** How many replicas of this chain answer, healthy or not. */
    int answering() {
        return (int) reports()
                .filter(report -> report.chainId().equals(chainId()))
                .map(ReplicaAnswer.Report::id)
                .distinct()
                .count();
    }

    int healthy() {
        Set<Integer> ids = new HashSet<>();
        healthyReports().forEach(report -> ids.add(report.id()));
        return ids.size();
    }

    /** Heights at which two replicas report different roots, with who says what. More than f are faulty, or state broke. */
    List<String> contradictions() {
        Map<Long, Map<String, List<Integer>>> roots = new TreeMap<>();
        reports()
                .filter(report -> report.chainId().equals(chainId()))
                .forEach(report -> roots.computeIfAbsent(report.height(), height -> new LinkedHashMap<>())
                        .computeIfAbsent(report.stateRoot(), root -> new ArrayList<>())
                        .add(report.id()));
        List<String> found = new ArrayList<>();
        roots.forEach((height, claims) -> {
            if (claims.size() > 1) {
                StringBuilder line = new StringBuilder("STATE ROOTS DIFFER at height " + height + ":");
                claims.forEach((root, ids) ->
                        line.append(" replica ").append(ids).append(" has ").append(shortened(root)));
                found.add(line.toString());
            }
        });
        return found;
    }

    /** What replicas keep as proof that others lied, each once. Their signatures are not checked here. */
    List<EvidenceRecord> evidence() {
        return reports()
                .filter(report -> report.chainId().equals(chainId()))
                .flatMap(report -> report.evidence().stream())
                .distinct()
                .toList();
    }

    /** Whether a quorum is healthy, in one view, and nobody contradicts anybody. */
    boolean isGood() {
        Optional<Long> view = view();
        long together = healthyReports().stream()
                .filter(report -> view.equals(Optional.of(report.view())))
                .map(ReplicaAnswer.Report::id)
                .distinct()
                .count();
        return together >= quorums().quorum() && contradictions().isEmpty();
    }

    static String shortened(String hex) {
        return hex.length() <= 12 ? hex : hex.substring(0, 12);
    }

    private java.util.stream.Stream<ReplicaAnswer.Report> reports() {
        return answers.stream().flatMap(answer -> answer.report().stream());
    }

    private List<ReplicaAnswer.Report> healthyReports() {
        return reports().filter(report -> problem(report).isEmpty()).toList();
    }

    private static <T extends Comparable<T>> Optional<T> mostCommon(List<T> values) {
        Map<T, Integer> counts = new HashMap<>();
        values.forEach(value -> counts.merge(value, 1, Integer::sum));
        int most = counts.isEmpty() ? 0 : Collections.max(counts.values());
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .map(Map.Entry::getKey)
                .max(Comparator.naturalOrder());
    }
}
