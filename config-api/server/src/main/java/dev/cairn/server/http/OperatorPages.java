package dev.cairn.server.http;

import dev.cairn.server.Background;
import dev.cairn.server.Consensus;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.net.HttpExchange;
import dev.cairn.server.net.HttpHead;
import dev.cairn.server.net.HttpReply;
import dev.cairn.server.net.HttpSender;
import dev.cairn.server.net.HttpService;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** etcd's pages for probes, dashboards and feature detection, with etcd's texts. */
public final class OperatorPages implements HttpService {
    private final HealthPages health;
    private final PrometheusMeterRegistry registry;
    private final Background background;
    private final String version;

    /**
     * @param alarms the names of those that are raised
     * @param background where {@code registry} is asked for what it shows
     */
    public OperatorPages(
            Consensus consensus,
            ReadIndex readIndex,
            Supplier<List<String>> alarms,
            PrometheusMeterRegistry registry,
            Background background,
            String version) {
        this.health = new HealthPages(new HealthChecks(consensus, readIndex, alarms), registry);
        this.registry = registry;
        this.background = background;
        this.version = version;
    }

    @Override
    public HttpExchange open(HttpHead head, HttpSender sender) {
        answer(head)
                .whenComplete((reply, failure) -> sender.thread()
                        .execute(
                                () -> sender.reply(failure == null ? reply : HttpReply.text(500, "internal error\n"))));
        return HttpExchange.ANSWERED;
    }

    private CompletionStage<HttpReply> answer(HttpHead head) {
        String path = head.path();
        if (!health.has(path) && !path.equals("/version") && !path.equals("/metrics")) {
            return now(HttpReply.notFound());
        }
        if (!head.method().equals("GET")) {
            return now(HttpReply.onlyGet());
        }
        return switch (path) {
            case "/version" -> now(HttpReply.json(200, versions()));
            case "/metrics" -> scrape();
            default -> health.page(head);
        };
    }

    private CompletionStage<HttpReply> scrape() {
        CompletableFuture<HttpReply> page = new CompletableFuture<>();
        boolean taken = background.offer(
                () -> page.complete(new HttpReply(200, "text/plain; version=0.0.4; charset=utf-8", registry.scrape())));
        return taken ? page : now(HttpReply.text(503, "busy\n"));
    }

    private String versions() {
        String minor = version.substring(0, version.lastIndexOf('.'));
        return "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s.0\",\"storage\":\"%s.0\"}".formatted(version, minor, minor);
    }

    private static CompletionStage<HttpReply> now(HttpReply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
