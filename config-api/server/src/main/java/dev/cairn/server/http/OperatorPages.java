package dev.cairn.server.http;

import dev.cairn.server.Background;
import dev.cairn.server.Consensus;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;
import dev.cairn.server.net.HttpQuery;
import dev.cairn.server.net.HttpReply;
import dev.cairn.server.net.HttpRoutes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** etcd's pages for probes, dashboards and feature detection, with etcd's texts. */
public final class OperatorPages implements HttpRoutes {
    private static final String OK = "";

    private final Consensus consensus;
    private final ReadIndex readIndex;
    private final Supplier<String> metrics;
    private final Background background;
    private final String version;

    /** @param background where {@code metrics} is asked */
    public OperatorPages(
            Consensus consensus, ReadIndex readIndex, Supplier<String> metrics, Background background, String version) {
        this.consensus = consensus;
        this.readIndex = readIndex;
        this.metrics = metrics;
        this.background = background;
        this.version = version;
    }

    @Override
    public CompletionStage<HttpReply> answer(HttpQuery query) {
        return switch (query.path()) {
            case "/health", "/version", "/metrics", "/livez", "/readyz" ->
                query.method().equals("GET") ? page(query) : now(HttpReply.text(405, "Method Not Allowed\n"));
            default -> now(HttpReply.notFound());
        };
    }

    private CompletionStage<HttpReply> page(HttpQuery query) {
        return switch (query.path()) {
            case "/version" -> now(HttpReply.json(200, versions()));
            case "/metrics" -> scrape();
            case "/livez" -> now(HttpReply.text(200, verbose(query) ? "[+]serializable_read ok\nok\n" : "ok\n"));
            case "/readyz" -> readable(false).thenApply(problem -> ready(problem, verbose(query)));
            default -> readable(query.parameter("serializable").equals("true")).thenApply(OperatorPages::health);
        };
    }

    private CompletionStage<HttpReply> scrape() {
        CompletableFuture<HttpReply> page = new CompletableFuture<>();
        boolean taken = background.offer(
                () -> page.complete(new HttpReply(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get())));
        return taken ? page : now(HttpReply.text(503, "busy\n"));
    }

    private static boolean verbose(HttpQuery query) {
        return query.parameters().containsKey("verbose");
    }

    private String versions() {
        String minor = version.substring(0, version.lastIndexOf('.'));
        return "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s.0\",\"storage\":\"%s.0\"}".formatted(version, minor, minor);
    }

    private static HttpReply health(String problem) {
        return HttpReply.json(
                problem.equals(OK) ? 200 : 503,
                "{\"health\":\"%s\",\"reason\":\"%s\"}".formatted(problem.equals(OK), problem));
    }

    private static HttpReply ready(String problem, boolean verbose) {
        if (problem.equals(OK)) {
            return HttpReply.text(200, verbose ? "[+]serializable_read ok\n[+]linearizable_read ok\nok\n" : "ok\n");
        }
        return HttpReply.text(503, "[+]serializable_read ok\n[-]linearizable_read failed: " + problem + "\n");
    }

    /** Nothing, or why a read that is not {@code stale} cannot be answered. */
    private CompletionStage<String> readable(boolean stale) {
        if (consensus.status().quarantined()) {
            return CompletableFuture.completedFuture(EtcdError.QUARANTINED.description());
        }
        if (stale) {
            return CompletableFuture.completedFuture(OK);
        }
        if (consensus.status().changing()) {
            return CompletableFuture.completedFuture("RAFT NO LEADER");
        }
        CompletableFuture<String> answer = new CompletableFuture<>();
        readIndex.await(new ReadIndex.Read() {
            @Override
            public void proceed() {
                answer.complete(OK);
            }

            @Override
            public void refuse(Refusal why) {
                answer.complete("RANGE ERROR:" + EtcdError.of(why).description());
            }
        });
        return answer;
    }

    private static CompletionStage<HttpReply> now(HttpReply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
