package dev.cairn.server.config;

import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.runtime.NodeConfig;
import dev.cairn.server.auth.Token;
import dev.cairn.server.auth.Tokens;
import dev.cairn.server.net.PortTls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * All that one replica starts from, checked: its configuration file, the genesis document and the keys it names. Keys,
 * certificates and genesis agree with each other in every instance.
 *
 * @param file the configuration file itself
 * @param data where the replica keeps what must survive; need not exist yet
 * @param clientListen where to listen for clients; the genesis document's address unless the file says otherwise
 * @param clientTls the files of TLS towards clients; clear text without
 * @param metricsListen where to serve health and metrics in clear text, beside the clients' port
 * @param peerListen where to listen for the other replicas
 * @param retainedBlocks how many committed blocks below the stable checkpoint to keep whole
 * @param tokens which tokens users get
 * @param pidFile where to write the process id, if wanted
 */
public record ServerConfig(
        Path file,
        ReplicaId self,
        GenesisFile genesis,
        KeyFiles keys,
        KeyUse keyUse,
        Path data,
        HostPort clientListen,
        Optional<PortTls.Pem> clientTls,
        Optional<HostPort> metricsListen,
        HostPort peerListen,
        long retainedBlocks,
        Tokens.Settings tokens,
        Optional<Path> pidFile) {
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    /** Reads {@code file} and everything it names. Paths in it are relative to its own directory. */
    public static ServerConfig load(Path file) throws StartupException {
        SettingsFile<Setting> settings =
                SettingsFile.read(file, Setting.class, "`cairn init` writes one for each replica");
        GenesisFile genesis = genesis(settings.path(Setting.GENESIS));
        int index = settings.number(Setting.REPLICA);
        int n = genesis.replicas().size();
        if (index >= n) {
            throw settings.refuse(
                    Setting.REPLICA, "the genesis document names replicas 0 to " + (n - 1) + "; write one of these");
        }
        ReplicaId self = new ReplicaId(index);
        GenesisFile.Member member = genesis.replicas().get(index);
        KeyFiles keys = KeyFiles.load(settings.path(Setting.KEYS));
        keys.requireOwnedBy(self, genesis);
        return new ServerConfig(
                file,
                self,
                genesis,
                keys,
                KeyUse.of(settings.path(Setting.KEYS), settings.path(Setting.DATA)),
                settings.path(Setting.DATA),
                settings.address(Setting.CLIENT_LISTEN).orElse(member.client()),
                clientTls(settings),
                settings.address(Setting.METRICS_LISTEN),
                settings.address(Setting.PEER_LISTEN).orElse(member.peer()),
                settings.numberOrAll(Setting.RETAIN_BLOCKS).orElse(NodeConfig.ALL_BLOCKS),
                tokens(settings),
                settings.optionalPath(Setting.PID_FILE));
    }

    private static Optional<PortTls.Pem> clientTls(SettingsFile<Setting> settings) throws StartupException {
        Optional<Path> certificate = settings.optionalPath(Setting.CLIENT_TLS_CERTIFICATE);
        Optional<Path> key = settings.optionalPath(Setting.CLIENT_TLS_KEY);
        Optional<Path> authority = settings.optionalPath(Setting.CLIENT_TLS_AUTHORITY);
        if (certificate.isEmpty() && (key.isPresent() || authority.isPresent())) {
            throw settings.refuse(
                    key.isPresent() ? Setting.CLIENT_TLS_KEY : Setting.CLIENT_TLS_AUTHORITY,
                    "TLS needs a certificate too; set client-tls-certificate");
        }
        if (certificate.isPresent() && key.isEmpty()) {
            throw settings.refuse(Setting.CLIENT_TLS_CERTIFICATE, "its key is needed too; set client-tls-key");
        }
        return certificate.isPresent()
                ? Optional.of(new PortTls.Pem(certificate.get(), key.orElseThrow(), authority))
                : Optional.empty();
    }

    private static Tokens.Settings tokens(SettingsFile<Setting> settings) throws StartupException {
        int seconds = settings.number(Setting.AUTH_TOKEN_TTL);
        if (seconds < 1) {
            throw settings.refuse(Setting.AUTH_TOKEN_TTL, "a token is good for 1 second at least");
        }
        return new Tokens.Settings(
                switch (settings.value(Setting.AUTH_TOKEN)) {
                    case "simple" -> Token.Kind.SIMPLE;
                    case "jwt" -> Token.Kind.JWT;
                    default -> throw settings.refuse(Setting.AUTH_TOKEN, "is neither \"simple\" nor \"jwt\"");
                },
                seconds);
    }

    /** Refuses a clock that cannot be right: one that reads earlier than the cluster's own beginning. */
    public void requireSaneClock(Instant now) throws StartupException {
        if (now.plus(CLOCK_TOLERANCE).isBefore(genesis.created())) {
            throw new StartupException("this machine's clock reads " + now + ", but the cluster was created at "
                    + genesis.created() + "; set the clock (for example with chrony or ntpd) and start again");
        }
    }

    /** Ties the data directory to this replica; refuses one that is another replica's, whichever way it came here. */
    public void claimData() throws StartupException {
        DataOwner.claim(
                data,
                "replica " + self.index() + "\nchain " + genesis.chainId().toHex() + "\nvote-key "
                        + keys.votePublicKey().toHex() + "\n");
    }

    private static GenesisFile genesis(Path file) throws StartupException {
        try {
            return GenesisFile.read(file);
        } catch (GenesisException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        }
    }
}
