package dev.cairn.agent;

import dev.cairn.server.config.SettingKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of an agent's configuration file. */
enum AgentSetting implements SettingKey {
    CHAIN_ID("chain-id", null, "5f1c...", "the cluster's chain id, the SHA-256 of its genesis document"),
    GENESIS("genesis", "genesis.json", "genesis.json", "the cluster's genesis document"),
    REPLICAS("replicas", null, "10.0.0.1:2379, 10.0.0.2:2379", "replicas to ask, if not those of the genesis document"),
    TLS_AUTHORITY(
            "tls-authority", null, "ca.crt", "a PEM file: TLS to replicas, whose certificates this authority signed"),
    TLS_CERTIFICATE(
            "tls-certificate", null, "agent.crt", "a PEM file: what replicas are shown that want a certificate"),
    TLS_KEY("tls-key", null, "agent.key", "that certificate's key, a PEM file in PKCS #8"),
    USER("user", null, "web", "who the agent is where permissions are enabled"),
    PASSWORD_FILE(
            "password-file", null, "password", "a file with that user's password in one line, nobody else's to read"),
    STATE("state", "state", "state", "the directory of the newest verified head"),
    SOCKET("socket", "agent.sock", "/run/cairn/agent.sock", "the Unix socket that serves this node's programs"),
    ALLOW_UIDS("allow-uids", null, "0, 1000", "who may connect: user ids, or any; if not the agent's own and root"),
    CACHE("cache", null, "apps/, fleet/", "prefixes of which a verified copy is kept"),
    CACHE_BYTES("cache-bytes", "16777216", "16777216", "how large that copy may become, all prefixes together"),
    ETCD_LISTEN("etcd-listen", null, "127.0.0.1:2379", "a loopback address that serves etcd's API to every user"),
    ETCD_SOCKET("etcd-socket", null, "/run/cairn/etcd.sock", "a Unix socket that serves etcd's API to allow-uids"),
    KEY("key", null, "/etc/cairn/node.key", "the private key that signs this node's writes, as ssh-keygen writes it"),
    NODE("node", null, "web1", "whose key that is, by its name in the cluster"),
    WRITE_UIDS(
            "write-uids",
            null,
            "0, 1000",
            "who may write in the node's name: user ids, or any; if not the agent's own and root"),
    TIMEOUT_MILLIS("timeout-millis", "5000", "5000", "what one answer may take");

    private final String key;
    private final @Nullable String fallback;
    private final String example;
    private final String meaning;

    AgentSetting(String key, @Nullable String fallback, String example, String meaning) {
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
