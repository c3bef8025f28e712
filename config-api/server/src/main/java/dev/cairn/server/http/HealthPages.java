package dev.cairn.server.http;

import dev.cairn.server.net.HttpHead;
import dev.cairn.server.net.HttpReply;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@code /health}, {@code /livez} and {@code /readyz} with the checks under them, in etcd's words. */
final class HealthPages {
    private final HealthChecks checks;
    private final Map<String, Supplier<CompletionStage<String>>> livez = new LinkedHashMap<>();
    private final Map<String, Supplier<CompletionStage<String>>> readyz = new LinkedHashMap<>();
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    HealthPages(HealthChecks checks, MeterRegistry registry) {
        this.checks = checks;
        livez.put("serializable_read", checks::isAlive);
        readyz.put("data_corruption", checks::isUncorrupted);
        readyz.put("serializable_read", checks::hasState);
        readyz.put("linearizable_read", checks::isLinearizable);
        readyz.put("non_learner", checks::isVoter);
        count(registry, "etcd_server_health_success", successes);
        count(registry, "etcd_server_health_failures", failures);
    }

    private static void count(MeterRegistry registry, String name, LongAdder of) {
        FunctionCounter.builder(name, of, LongAdder::doubleValue)
                .description("Answers of /health.")
                .register(registry);
    }

    /** The page at the head's path, if it is one of these. Only GET is asked. */
    CompletionStage<HttpReply> page(HttpHead head) {
        String path = head.path();
        if (path.equals("/health")) {
            return health(head).thenApply(this::told);
        }
        return path.startsWith("/livez") ? checks("/livez", livez, head) : checks("/readyz", readyz, head);
    }

    boolean has(String path) {
        return path.equals("/health")
                || path.equals("/livez")
                || path.equals("/readyz")
                || isCheck("/livez/", livez, path)
                || isCheck("/readyz/", readyz, path);
    }

    private static boolean isCheck(String prefix, Map<String, ?> of, String path) {
        return path.startsWith(prefix) && of.containsKey(path.substring(prefix.length()));
    }

    private CompletionStage<String> health(HttpHead head) {
        Set<String> excluded = excluded(head);
        for (String alarm : checks.alarms()) {
            if (!excluded.contains(alarm)) {
                return CompletableFuture.completedFuture("ALARM " + alarm);
            }
        }
        boolean serializable = head.parameter("serializable").equals("true");
        Function<String, String> rangeError =
                problem -> problem.equals(HealthChecks.FINE) ? problem : "RANGE ERROR:" + problem;
        if (serializable) {
            return checks.hasState().thenApply(rangeError);
        }
        return checks.hasLeader()
                ? checks.isLinearizable().thenApply(rangeError)
                : CompletableFuture.completedFuture("RAFT NO LEADER");
    }

    private HttpReply told(String problem) {
        boolean fine = problem.equals(HealthChecks.FINE);
        (fine ? successes : failures).increment();
        return HttpReply.text(fine ? 200 : 503, "{\"health\":\"%s\",\"reason\":\"%s\"}".formatted(fine, problem));
    }

    private static Set<String> excluded(HttpHead head) {
        return Set.copyOf(head.parameters().getOrDefault("exclude", List.of()));
    }

    /** All checks but those excluded, or the one that the path names. */
    private CompletionStage<HttpReply> checks(
            String root, Map<String, Supplier<CompletionStage<String>>> all, HttpHead head) {
        Set<String> excluded = excluded(head);
        CompletionStage<Report> report = CompletableFuture.completedFuture(new Report("", true));
        for (Map.Entry<String, Supplier<CompletionStage<String>>> check : all.entrySet()) {
            String name = check.getKey();
            boolean asked = head.path().equals(root)
                    ? !excluded.contains(name)
                    : head.path().equals(root + "/" + name);
            if (asked) {
                report = report.thenCombine(check.getValue().get(), (before, problem) -> before.and(name, problem));
            }
        }
        boolean verbose = head.parameters().containsKey("verbose");
        return report.thenApply(done -> done.reply(verbose));
    }

    private record Report(String lines, boolean fine) {
        Report and(String check, String problem) {
            return problem.equals(HealthChecks.FINE)
                    ? new Report(lines + "[+]" + check + " ok\n", fine)
                    : new Report(lines + "[-]" + check + " failed: " + problem + "\n", false);
        }

        HttpReply reply(boolean verbose) {
            if (fine) {
                return HttpReply.text(200, (verbose ? lines : "") + "ok\n");
            }
            return HttpReply.text(503, lines + "\n");
        }
    }
}
