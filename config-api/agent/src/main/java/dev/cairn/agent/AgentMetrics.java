package dev.cairn.agent;

import dev.cairn.agent.etcd.EtcdServer;
import dev.cairn.agent.git.Projections;
import dev.cairn.agent.http.Load;
import dev.cairn.agent.mirror.Mirrors;
import dev.cairn.client.CairnClient;
import dev.cairn.server.metrics.ProcessGauges;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.ToDoubleFunction;

/** Binds an agent's condition to a registry. Everything is read when it is asked for. */
final class AgentMetrics {
    private final MeterRegistry registry;

    AgentMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void bind(CairnClient client, Mirrors mirrors, Load load) {
        gauge(
                "cairn_agent_head_height",
                "The newest verified head.",
                client,
                c -> c.newestKnown().height().value());
        gauge(
                "cairn_agent_head_revision",
                "Its revision.",
                client,
                c -> c.newestKnown().revision());
        gauge("cairn_agent_copy_bytes", "Keys and values kept.", mirrors, Mirrors::bytes);
        gauge("cairn_agent_copy_keys", "Keys kept.", mirrors, Mirrors::keys);
        for (Mirrors.Standing each : mirrors.standing()) {
            String prefix = each.prefix().toUtf8();
            Gauge.builder("cairn_agent_copy_age_seconds", mirrors, m -> ageSeconds(m, prefix))
                    .description("How old the copy may be; nothing while there is none.")
                    .tag("prefix", prefix)
                    .register(registry);
        }
        gauge("cairn_agent_connections", "Connections to the local socket.", load, Load::connections);
        gauge("cairn_agent_requests", "Requests under way.", load, Load::requests);
        gauge("cairn_agent_streams", "Watches under way.", load, Load::streams);
        gauge("cairn_agent_git_sessions", "Fetches of git under way.", load, Load::sessions);
        FunctionCounter.builder("cairn_agent_refused_peers", load, Load::refusedPeers)
                .description("Connections of users who may not connect.")
                .register(registry);
        gauge("process_resident_memory_bytes", "Resident memory.", new ProcessGauges(), ProcessGauges::residentBytes);
        gauge(
                "cairn_agent_threads",
                "Threads of the system.",
                ManagementFactory.getThreadMXBean(),
                ThreadMXBean::getThreadCount);
    }

    void bind(Projections repositories) {
        gauge(
                "cairn_agent_git_repositories",
                "Repositories kept as git's objects.",
                repositories,
                Projections::repositories);
        gauge("cairn_agent_git_bytes", "Those objects, on disk.", repositories, Projections::bytes);
    }

    void bind(EtcdServer etcd) {
        gauge("cairn_agent_etcd_calls", "Calls of etcd's KV under way.", etcd, EtcdServer::callsUnderWay);
        gauge("cairn_agent_etcd_passed_on", "Calls that replicas answer unproven.", etcd, EtcdServer::callsPassedOn);
        gauge("cairn_agent_etcd_watches", "Watches of etcd's API.", etcd, EtcdServer::openWatches);
    }

    private static double ageSeconds(Mirrors mirrors, String prefix) {
        return mirrors.standing().stream()
                .filter(each -> each.prefix().toUtf8().equals(prefix))
                .flatMap(each -> each.copy().stream())
                .mapToDouble(copy -> copy.age().toMillis() / 1000.0)
                .findFirst()
                .orElse(Double.NaN);
    }

    private <T> void gauge(String name, String description, T subject, ToDoubleFunction<T> value) {
        Gauge.builder(name, subject, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
