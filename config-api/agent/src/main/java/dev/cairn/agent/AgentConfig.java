package dev.cairn.agent;

import dev.cairn.agent.http.AllowedUids;
import dev.cairn.client.LineTls;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.config.SettingsFile;
import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All that an agent starts from, checked: the genesis document is the one that the chain id names.
 *
 * @param replicas in the order in which they are asked
 * @param tls to the replicas; clear text without
 * @param user who asks where permissions are enabled
 * @param state the directory of what must survive; need not exist yet
 * @param socket where this node's programs connect
 * @param cached prefixes of which a copy is kept; none of them within another
 * @param cacheBytes of all copies together
 * @param etcdListen where etcd's API is served to every user of this machine; a loopback address. With a key all are writers
 * @param etcdSocket where it is served to those who are allowed. With a key they are writers
 * @param key signs this node's writes; without one they reach open prefixes alone
 * @param writers who may write in the node's name
 * @param timeout for one answer
 */
public record AgentConfig(
        Pin pin,
        List<HostPort> replicas,
        Optional<LineTls> tls,
        Optional<AgentUser> user,
        Path state,
        Path socket,
        AllowedUids allowed,
        List<Bytes> cached,
        long cacheBytes,
        Optional<HostPort> etcdListen,
        Optional<Path> etcdSocket,
        Optional<NodeKey> key,
        AllowedUids writers,
        Duration timeout) {
    /** What the kernel takes as the name of a Unix socket. */
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    private static final int MAX_CACHED_PREFIXES = 32;
    private static final String ORIGIN = "docs/agent.md shows one";

    public AgentConfig {
        replicas = List.copyOf(replicas);
        cached = List.copyOf(cached);
    }

    /** Reads {@code file} and the genesis document that it names. Paths in it are relative to its own directory. */
    public static AgentConfig load(Path file) throws StartupException {
        SettingsFile<AgentSetting> settings = SettingsFile.read(file, AgentSetting.class, ORIGIN);
        Pin pin = pin(settings);
        AgentConfig config = new AgentConfig(
                pin,
                replicas(settings).orElseGet(pin::addresses),
                tls(settings),
                user(settings),
                settings.path(AgentSetting.STATE),
                socket(settings, AgentSetting.SOCKET, settings.path(AgentSetting.SOCKET)),
                uids(settings, AgentSetting.ALLOW_UIDS),
                prefixes(settings),
                settings.number(AgentSetting.CACHE_BYTES),
                settings.address(AgentSetting.ETCD_LISTEN),
                etcdSocket(settings),
                key(settings),
                uids(settings, AgentSetting.WRITE_UIDS),
                timeout(settings));
        if (config.key.isPresent()) {
            config.requireThatOnlyWritersReachTheKey(settings);
        }
        return config;
    }

    /** etcd's API knows who connects to its socket, and not whose a call is: all who reach it write in the node's name. */
    private void requireThatOnlyWritersReachTheKey(SettingsFile<AgentSetting> settings) throws StartupException {
        if (etcdListen.isPresent() && !writers.includes(new AllowedUids.Any())) {
            throw settings.refuse(
                    AgentSetting.ETCD_LISTEN,
                    "with a key, every user of this machine would write in the node's name there; use etcd-socket,"
                            + " or say so: write-uids = any");
        }
        if (etcdSocket.isPresent() && !writers.includes(allowed)) {
            throw settings.refuse(
                    AgentSetting.ETCD_SOCKET,
                    "with a key, all of allow-uids would write in the node's name there, and write-uids does not name"
                            + " them all; name them there, or leave etcd-socket out");
        }
    }

    private static Pin pin(SettingsFile<AgentSetting> settings) throws StartupException {
        String wanted = settings.value(AgentSetting.CHAIN_ID);
        Pin pin;
        try {
            pin = Pin.read(settings.path(AgentSetting.GENESIS));
        } catch (GenesisException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        }
        String found = pin.chainId().toHex();
        if (!found.equals(wanted)) {
            throw settings.refuse(
                    AgentSetting.CHAIN_ID,
                    "the genesis document is that of chain " + found + ", not of " + wanted
                            + "; get the right document, or correct the chain id if you know this one to be right");
        }
        return pin;
    }

    private static Optional<List<HostPort>> replicas(SettingsFile<AgentSetting> settings) throws StartupException {
        Optional<String> given = settings.given(AgentSetting.REPLICAS);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        List<HostPort> replicas = new ArrayList<>();
        for (String each : words(given.get())) {
            try {
                replicas.add(HostPort.parse(each));
            } catch (IllegalArgumentException e) {
                throw settings.refuse(AgentSetting.REPLICAS, String.valueOf(e.getMessage()));
            }
        }
        return Optional.of(replicas);
    }

    private static Optional<LineTls> tls(SettingsFile<AgentSetting> settings) throws StartupException {
        Optional<Path> authority = settings.optionalPath(AgentSetting.TLS_AUTHORITY);
        Optional<Path> certificate = settings.optionalPath(AgentSetting.TLS_CERTIFICATE);
        Optional<Path> key = settings.optionalPath(AgentSetting.TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            throw settings.refuse(
                    certificate.isPresent() ? AgentSetting.TLS_CERTIFICATE : AgentSetting.TLS_KEY,
                    "tls-certificate and tls-key stand together: name both");
        }
        if (authority.isEmpty() && certificate.isPresent()) {
            throw settings.refuse(AgentSetting.TLS_CERTIFICATE, "TLS needs to know whom to believe; set tls-authority");
        }
        Optional<LineTls.Own> own = certificate.map(file -> new LineTls.Own(file, key.orElseThrow()));
        return authority.map(file -> new LineTls(Optional.of(file), own));
    }

    private static Optional<AgentUser> user(SettingsFile<AgentSetting> settings) throws StartupException {
        Optional<String> name = settings.given(AgentSetting.USER);
        Optional<Path> passwordFile = settings.optionalPath(AgentSetting.PASSWORD_FILE);
        if (name.isEmpty() && passwordFile.isPresent()) {
            throw settings.refuse(AgentSetting.PASSWORD_FILE, "whose password is it? Set user");
        }
        if (name.isPresent()
                && passwordFile.isEmpty()
                && settings.given(AgentSetting.TLS_CERTIFICATE).isEmpty()) {
            throw settings.refuse(
                    AgentSetting.USER,
                    "nothing shows who the agent is; set password-file, or a tls-certificate whose common name is the"
                            + " user's");
        }
        return name.isPresent() ? Optional.of(AgentUser.of(name.get(), passwordFile)) : Optional.empty();
    }

    private static Optional<Path> etcdSocket(SettingsFile<AgentSetting> settings) throws StartupException {
        Optional<Path> given = settings.optionalPath(AgentSetting.ETCD_SOCKET);
        return given.isPresent()
                ? Optional.of(socket(settings, AgentSetting.ETCD_SOCKET, given.get()))
                : Optional.empty();
    }

    private static Path socket(SettingsFile<AgentSetting> settings, AgentSetting setting, Path socket)
            throws StartupException {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
            throw settings.refuse(
                    setting,
                    "the path of a socket has at most " + MAX_SOCKET_PATH_BYTES + " bytes; choose a shorter one");
        }
        return socket;
    }

    private static Optional<NodeKey> key(SettingsFile<AgentSetting> settings) throws StartupException {
        Optional<Path> file = settings.optionalPath(AgentSetting.KEY);
        Optional<String> name = settings.given(AgentSetting.NODE);
        if (file.isPresent() != name.isPresent()) {
            throw settings.refuse(AgentSetting.NODE, "key and node stand together: say whose key it is, and which");
        }
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(NodeKey.read(new PrincipalName(name.orElseThrow()), file.get()));
        } catch (IllegalArgumentException e) {
            throw settings.refuse(AgentSetting.NODE, String.valueOf(e.getMessage()));
        }
    }

    private static AllowedUids uids(SettingsFile<AgentSetting> settings, AgentSetting setting) throws StartupException {
        Optional<String> given = settings.given(setting);
        try {
            return given.isPresent() ? AllowedUids.parse(words(given.get())) : AllowedUids.rootAnd(ownUid());
        } catch (IllegalArgumentException e) {
            throw settings.refuse(setting, String.valueOf(e.getMessage()));
        }
    }

    private static int ownUid() throws StartupException {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            throw new StartupException(
                    "this system does not tell the agent's own user id; set allow-uids and write-uids", e);
        }
    }

    private static List<Bytes> prefixes(SettingsFile<AgentSetting> settings) throws StartupException {
        SortedSet<Bytes> prefixes = new TreeSet<>();
        for (String word : words(settings.given(AgentSetting.CACHE).orElse(""))) {
            prefixes.add(Bytes.utf8(word));
        }
        if (prefixes.size() > MAX_CACHED_PREFIXES) {
            throw settings.refuse(
                    AgentSetting.CACHE,
                    "each prefix has a watch of its own, and " + MAX_CACHED_PREFIXES
                            + " are the most; name shorter ones");
        }
        List<Bytes> outermost = new ArrayList<>();
        for (Bytes prefix : prefixes) {
            // In order, so whatever holds this one is the last of those.
            if (outermost.isEmpty() || !prefix.startsWith(outermost.getLast())) {
                outermost.add(prefix);
            }
        }
        return outermost;
    }

    private static Duration timeout(SettingsFile<AgentSetting> settings) throws StartupException {
        int millis = settings.number(AgentSetting.TIMEOUT_MILLIS);
        if (millis == 0) {
            throw settings.refuse(AgentSetting.TIMEOUT_MILLIS, "nothing is answered within no time");
        }
        return Duration.ofMillis(millis);
    }

    private static List<String> words(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
