package dev.cairn.server.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of a replica's configuration file. */
enum Setting implements SettingKey {
    REPLICA("replica", null, "0", "this replica's id in the genesis document"),
    GENESIS("genesis", "genesis.json", "genesis.json", "the cluster's genesis document"),
    KEYS("keys", ".", ".", "the directory of vote.key, tls.key, tls.crt and ca.crt"),
    DATA("data", "data", "data", "the directory of the replica's durable data"),
    CLIENT_LISTEN("client-listen", null, "0.0.0.0:2379", "where to listen for clients, if not at the genesis address"),
    CLIENT_TLS_CERTIFICATE(
            "client-tls-certificate",
            null,
            "client.crt",
            "a PEM file: TLS for clients with this certificate, and those that signed it; clear text if there is none"),
    CLIENT_TLS_KEY("client-tls-key", null, "client.key", "that certificate's key, a PEM file"),
    CLIENT_TLS_AUTHORITY(
            "client-tls-authority",
            null,
            "clients-ca.crt",
            "a PEM file: only clients with a certificate of one of these authorities may connect"),
    METRICS_LISTEN(
            "metrics-listen",
            null,
            "127.0.0.1:2381",
            "where to serve health and metrics in clear text too, to whoever can reach it"),
    PEER_LISTEN("peer-listen", null, "0.0.0.0:2380", "where to listen for replicas, if not at the genesis address"),
    RETAIN_BLOCKS(
            "retain-blocks",
            "all",
            "all",
            "how many committed blocks to keep whole below the last checkpoint: all, or a number. Of older ones headers and"
                    + " certificates stay, and a replica that was away longer fetches the state instead of blocks"),
    AUTH_TOKEN(
            "auth-token",
            "simple",
            "simple",
            "which tokens users get who give their password, as etcd's --auth-token: simple or jwt"),
    AUTH_TOKEN_TTL(
            "auth-token-ttl",
            "300",
            "300",
            "how many seconds such a token is good; a simple one, since it was last used"),
    PID_FILE("pid-file", null, "pid", "a file that gets the process id");

    private final String key;
    private final @Nullable String fallback;
    private final String example;
    private final String meaning;

    Setting(String key, @Nullable String fallback, String example, String meaning) {
        this.key = key;
        this.fallback = fallback;
        this.example = example;
        this.meaning = meaning;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public Optional<String> fallback() {
        return Optional.ofNullable(fallback);
    }

    @Override
    public String example() {
        return example;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
