package dev.cairn.server.config;

import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.genesis.StoreLimits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * Makes the files of a cluster that does not exist yet: one directory per replica, each complete in itself so that it
 * can be copied to its host, and the genesis document that they share.
 */
public final class NewCluster {
    public static final String GENESIS = "genesis.json";
    public static final String CONFIG = "server.conf";
    public static final String PID = "pid";
    /** With TLS for clients: each replica's certificate, which the authority of the cluster signed, and its key. */
    public static final String CLIENT_CERTIFICATE = "client.crt";

    public static final String CLIENT_KEY = "client.key";

    /** The addresses of one replica. */
    public record Place(HostPort client, HostPort peer) {}

    private final String name;
    private final Instant created;
    private final Parameters parameters;
    private final List<Place> places;
    private final Governance governance;
    private final boolean clientTls;
    private final StoreLimits limits;
    private final SecureRandom random = new SecureRandom();

    /** Clients' connections are in clear text, and the limits are etcd's. */
    public NewCluster(String name, Instant created, Parameters parameters, List<Place> places, Governance governance) {
        this(name, created, parameters, places, governance, false, StoreLimits.DEFAULT);
    }

    /**
     * Writes nothing yet.
     *
     * @param clientTls whether replicas get certificates for TLS towards clients too
     * @param limits what the store takes from clients
     */
    public NewCluster(
            String name,
            Instant created,
            Parameters parameters,
            List<Place> places,
            Governance governance,
            boolean clientTls,
            StoreLimits limits) {
        this.clientTls = clientTls;
        GenesisFile.requireName(name);
        this.name = name;
        this.created = created.truncatedTo(ChronoUnit.SECONDS);
        this.parameters = parameters;
        this.places = List.copyOf(places);
        this.governance = governance;
        this.limits = limits;
    }

    /** {@code replicas} places on this machine: replica i has client port {@code basePort + 10·i}, peer port one more. */
    public static List<Place> local(int replicas, int basePort) {
        GenesisFile.requireReplicas(replicas);
        return Stream.iterate(basePort, port -> port + 10)
                .limit(replicas)
                .map(port -> new Place(new HostPort("127.0.0.1", port), new HostPort("127.0.0.1", port + 1)))
                .toList();
    }

    /** Where {@link #create} puts replica {@code index}. */
    public static Path replicaDirectory(Path directory, int index) {
        return directory.resolve("replica-" + index);
    }

    /**
     * Writes everything under {@code directory}, which must not exist or be empty. Either all of it is there
     * afterwards, or nothing.
     */
    public GenesisFile create(Path directory) throws StartupException {
        Path target = directory.toAbsolutePath().normalize();
        requireFree(target);
        try {
            Path parent = Files.createDirectories(target.getParent() == null ? target : target.getParent());
            Path draft = Files.createTempDirectory(parent, "." + target.getFileName() + "-");
            try {
                GenesisFile genesis = write(draft);
                Files.deleteIfExists(target);
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
                return genesis;
            } finally {
                deleteTree(draft);
            }
        } catch (FileSystemException e) {
            throw new StartupException(
                    target + ": cannot be made (" + reason(e) + "); choose a directory that you may write to", e);
        } catch (IOException e) {
            throw new StartupException(target + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }

    private static void requireFree(Path target) throws StartupException {
        if (!Files.exists(target)) {
            return;
        }
        boolean empty = false;
        try (Stream<Path> entries = Files.list(target)) {
            empty = entries.findAny().isEmpty();
        } catch (IOException | UncheckedIOException e) {
            throw new StartupException(target + ": exists and is no directory I can read; choose another name", e);
        }
        if (!empty) {
            throw new StartupException(target
                    + ": exists and is not empty, and nothing in it will be overwritten; choose another directory");
        }
    }

    private GenesisFile write(Path draft) throws IOException {
        TlsAuthority authority = TlsAuthority.create(name, created, random);
        List<GenesisFile.Member> members = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Path home = replicaDirectory(draft, i);
            Files.createDirectory(home, mode(home, "rwx------"));
            Ed25519PrivateKeyParameters voteKey = new Ed25519PrivateKeyParameters(random);
            TlsAuthority.Issued tls = authority.issue("replica-" + i);
            secret(home.resolve(KeyFiles.VOTE_KEY), HexFormat.of().formatHex(voteKey.getEncoded()) + "\n");
            secret(home.resolve(KeyFiles.TLS_KEY), tls.keyPem());
            Files.writeString(home.resolve(KeyFiles.TLS_CERTIFICATE), tls.certificatePem());
            Files.writeString(home.resolve(KeyFiles.TLS_AUTHORITY), authority.certificatePem());
            if (clientTls) {
                TlsAuthority.Issued towardsClients = authority.issueFor(
                        "replica-" + i, places.get(i).client().host());
                secret(home.resolve(CLIENT_KEY), towardsClients.keyPem());
                Files.writeString(home.resolve(CLIENT_CERTIFICATE), towardsClients.certificatePem());
            }
            Files.writeString(home.resolve(CONFIG), config(i));
            members.add(new GenesisFile.Member(
                    places.get(i).client(),
                    places.get(i).peer(),
                    KeyFiles.fingerprint(tls.certificate()),
                    Bytes.wrap(voteKey.generatePublicKey().getEncoded())));
        }
        GenesisFile genesis = new GenesisFile(name, created, parameters, members, governance, limits);
        Files.write(draft.resolve(GENESIS), genesis.render());
        Files.writeString(draft.resolve(".gitignore"), "# There are keys in here.\n*\n");
        for (int i = 0; i < places.size(); i++) {
            Files.write(replicaDirectory(draft, i).resolve(GENESIS), genesis.render());
        }
        return genesis;
    }

    private String config(int index) {
        StringBuilder out = new StringBuilder("# Replica " + index + " of cluster \"" + name
                + "\". Start it with: cairn server --config FILE\n"
                + "# Paths are relative to this file.\n");
        for (Setting setting : Setting.values()) {
            out.append("\n# ").append(setting.meaning()).append('\n');
            switch (setting) {
                case REPLICA -> out.append(line(setting, Integer.toString(index)));
                case CLIENT_LISTEN ->
                    out.append(line(setting, places.get(index).client().toString()));
                case PEER_LISTEN ->
                    out.append(line(setting, places.get(index).peer().toString()));
                case PID_FILE -> out.append(line(setting, PID));
                case GENESIS, KEYS, DATA, RETAIN_BLOCKS, AUTH_TOKEN, AUTH_TOKEN_TTL ->
                    out.append(line(setting, setting.example()));
                case CLIENT_TLS_CERTIFICATE, CLIENT_TLS_KEY ->
                    out.append(clientTls ? "" : "# ").append(line(setting, setting.example()));
                case CLIENT_TLS_AUTHORITY, METRICS_LISTEN -> out.append("# ").append(line(setting, setting.example()));
            }
        }
        return out.toString();
    }

    private static String line(Setting setting, String value) {
        return setting.key() + " = " + value + "\n";
    }

    /** Creates the file with mode 0600 from its first moment. */
    private static void secret(Path file, String content) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var out = Channels.newOutputStream(Files.newByteChannel(file, options, mode(file, "rw-------")))) {
            out.write(content.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static FileAttribute<?>[] mode(Path path, String mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private static String reason(FileSystemException e) {
        if (e.getReason() != null) {
            return e.getReason();
        }
        return switch (e) {
            case FileAlreadyExistsException _ -> "a file is in the way";
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "there is no such directory";
            default -> e.getClass().getSimpleName();
        };
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
