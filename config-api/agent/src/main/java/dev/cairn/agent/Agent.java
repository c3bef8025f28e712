package dev.cairn.agent;

import dev.cairn.agent.etcd.EtcdServer;
import dev.cairn.agent.git.ClusterSource;
import dev.cairn.agent.git.Projections;
import dev.cairn.agent.http.Load;
import dev.cairn.agent.http.LocalServer;
import dev.cairn.agent.mirror.Mirrors;
import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.FileHeadStore;
import dev.cairn.client.NettyConnections;
import dev.cairn.server.config.StartupException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/** A running agent: the verifying client, the copies, and what local programs see of them. */
public final class Agent implements AutoCloseable {
    private static final String HEAD_FILE = "head";

    private final CairnClient client;
    private final Mirrors mirrors;
    private final EtcdServer etcd;
    private final LocalServer local;

    private Agent(CairnClient client, Mirrors mirrors, EtcdServer etcd, LocalServer local) {
        this.client = client;
        this.mirrors = mirrors;
        this.etcd = etcd;
        this.local = local;
    }

    /**
     * Serves at once, before any replica has answered: whoever asks waits for one, or hears that none does.
     *
     * @throws StartupException one line that says what is in the way; nothing runs then
     */
    public static Agent start(AgentConfig config) throws StartupException {
        CairnClient client = connect(config);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Refusals refusals = new Refusals(registry, InstantSource.system());
        Mirrors mirrors = Mirrors.start(client, config.cached(), config.cacheBytes(), refusals);
        Reads reads = new Reads(client, mirrors, refusals);
        Writes writes = new Writes(client, refusals, config.key(), InstantSource.system());
        Load load = new Load();
        AgentMetrics metrics = new AgentMetrics(registry);
        metrics.bind(client, mirrors, load);
        Projections repositories = new Projections(new ClusterSource(client, refusals), config.state());
        metrics.bind(repositories);
        AgentPages pages = new AgentPages(
                client,
                reads,
                refusals,
                new WritePages(writes, config.writers()),
                repositories,
                new StatusPage(client, reads, mirrors, refusals, config.key()),
                registry::scrape);
        try {
            EtcdServer etcd = EtcdServer.start(
                    client,
                    writes,
                    refusals,
                    config.tls().isPresent(),
                    config.etcdListen(),
                    config.etcdSocket(),
                    config.allowed(),
                    load);
            try {
                metrics.bind(etcd);
                LocalServer local = LocalServer.start(
                        config.socket(),
                        Activation.descriptor(
                                System.getenv(), ProcessHandle.current().pid()),
                        config.allowed(),
                        pages,
                        load);
                return new Agent(client, mirrors, etcd, local);
            } catch (StartupException e) {
                etcd.close();
                throw e;
            }
        } catch (StartupException e) {
            mirrors.close();
            client.close();
            throw e;
        }
    }

    private static CairnClient connect(AgentConfig config) throws StartupException {
        try {
            Optional<SslContext> tls =
                    config.tls().isPresent() ? Optional.of(config.tls().get().context()) : Optional.empty();
            return CairnClient.connect(ClientSettings.of(config.pin())
                    .withEndpoints(config.replicas())
                    .withHeads(new FileHeadStore(config.state().resolve(HEAD_FILE)))
                    .withConnections(() -> new NettyConnections(tls))
                    .withTimeout(config.timeout()));
        } catch (IOException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        local.close();
        etcd.close();
        mirrors.close();
        client.close();
    }
}
