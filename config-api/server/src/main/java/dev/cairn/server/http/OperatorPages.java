package dev.cairn.server.http;

import dev.cairn.server.Background;
import dev.cairn.server.Consensus;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.net.HttpExchange;
import dev.cairn.server.net.HttpHead;
import dev.cairn.server.net.HttpReply;
import dev.cairn.server.net.HttpSender;
import dev.cairn.server.net.HttpService;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** etcd's pages for probes, dashboards and feature detection, with etcd's texts. */
public final class OperatorPages implements HttpService {
    private static final Logger LOG = System.getLogger(OperatorPages.class.getName());

    private final HealthPages health;
    private final Supplier<String> metrics;
    private final LongAdder failedScrapes = new LongAdder();
    private final AtomicBoolean isFailing = new AtomicBoolean();
    private final Background background;
    private final String version;

    /**
     * @param alarms the names of those that are raised
     * @param metrics what Prometheus is shown; asked for in the background
     */
    public OperatorPages(
            Consensus consensus,
            ReadIndex readIndex,
            Supplier<List<String>> alarms,
            Supplier<String> metrics,
            MeterRegistry registry,
            Background background,
            String version) {
        this.health = new HealthPages(new HealthChecks(consensus, readIndex, alarms), registry);
        this.metrics = metrics;
        this.background = background;
        this.version = version;
        FunctionCounter.builder("cairn_metrics_failures", failedScrapes, LongAdder::doubleValue)
                .description("Times that /metrics could not be shown. Should be 0.")
                .register(registry);
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
        return background.offer(() -> page.complete(scraped())) ? page : now(HttpReply.text(503, "busy\n"));
    }

    private HttpReply scraped() {
        try {
            HttpReply shown = new HttpReply(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get());
            isFailing.set(false);
            return shown;
        } catch (RuntimeException e) {
            failedScrapes.increment();
            // Asked for again and again, it would fill the log.
            if (!isFailing.getAndSet(true)) {
                LOG.log(Level.ERROR, "/metrics cannot be shown", e);
            }
            return HttpReply.text(500, "the metrics cannot be read; the replica's log says why\n");
        }
    }

    private String versions() {
        String minor = version.substring(0, version.lastIndexOf('.'));
        return "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s.0\",\"storage\":\"%s.0\"}".formatted(version, minor, minor);
    }

    private static CompletionStage<HttpReply> now(HttpReply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
