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
    private final Optional<Thread> greeting;

    private Agent(CairnClient client, Mirrors mirrors, EtcdServer etcd, LocalServer local, Optional<Thread> greeting) {
        this.client = client;
        this.mirrors = mirrors;
        this.etcd = etcd;
        this.local = local;
        this.greeting = greeting;
    }

    /**
     * Serves at once, before any replica has answered: whoever asks waits for one, or hears that none does.
     *
     * @throws StartupException one line that says what is in the way; nothing runs then
     */
    public static Agent start(AgentConfig config) throws StartupException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        SigningIn signingIn = new SigningIn(registry);
        CairnClient client = connect(config, signingIn);
        Refusals refusals = new Refusals(registry, InstantSource.system());
        Mirrors mirrors = Mirrors.start(client, config.cached(), config.cacheBytes(), refusals);
        Reads reads = new Reads(client, mirrors, refusals);
        Writes writes = new Writes(client, refusals, config.key(), config.user().isPresent(), InstantSource.system());
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
                new StatusPage(client, reads, mirrors, refusals, config.key(), config.user(), signingIn),
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
                Optional<Thread> greeting = config.user().map(_ -> signingIn.start(client, refusals));
                return new Agent(client, mirrors, etcd, local, greeting);
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

    private static CairnClient connect(AgentConfig config, SigningIn signingIn) throws StartupException {
        try {
            Optional<SslContext> tls =
                    config.tls().isPresent() ? Optional.of(config.tls().get().context()) : Optional.empty();
            ClientSettings settings = ClientSettings.of(config.pin())
                    .withEndpoints(config.replicas())
                    .withHeads(new FileHeadStore(config.state().resolve(HEAD_FILE)))
                    .withConnections(() -> new NettyConnections(tls))
                    .withTimeout(config.timeout());
            return CairnClient.connect(
                    config.user().isPresent()
                            ? settings.withLogin(config.user().get().login(signingIn))
                            : settings);
        } catch (IOException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        greeting.ifPresent(Thread::interrupt);
        local.close();
        etcd.close();
        mirrors.close();
        client.close();
    }
}
