package dev.cairn.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.ReplicaId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
    private static final Instant CREATED = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @SuppressWarnings("NullAway.Init")
    Path cluster;

    @SuppressWarnings("NullAway.Init")
    GenesisFile genesis;

    @BeforeEach
    void create() throws StartupException {
        cluster = temp.resolve("a cluster");
        genesis = newCluster().create(cluster);
    }

    private static NewCluster newCluster() {
        return new NewCluster("demo", CREATED, Parameters.DEFAULT, NewCluster.local(4, 2379), Governance.OPEN);
    }

    @Test
    void everyReplicaOfANewClusterLoads() throws StartupException {
        for (int i = 0; i < 4; i++) {
            ServerConfig config = ServerConfig.load(config(i));
            assertEquals(new ReplicaId(i), config.self());
            assertEquals(genesis, config.genesis());
            assertEquals(home(i).resolve("data"), config.data());
            assertEquals(new HostPort("127.0.0.1", 2379 + 10 * i), config.clientListen());
            assertEquals(new HostPort("127.0.0.1", 2380 + 10 * i), config.peerListen());
            assertEquals(Optional.of(home(i).resolve("pid")), config.pidFile());
            assertEquals(List.of(List.of(2, "replica-" + i)), List.copyOf(subjectAlternativeNames(config)));
        }
    }

    private static java.util.Collection<List<?>> subjectAlternativeNames(ServerConfig config) {
        try {
            return config.keys().tlsCertificate().getSubjectAlternativeNames();
        } catch (java.security.cert.CertificateParsingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void secretsAreTheirOwnersOnlyAndPrintedNowhere() throws Exception {
        for (int i = 0; i < 4; i++) {
            for (String name : List.of(KeyFiles.VOTE_KEY, KeyFiles.TLS_KEY)) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(home(i).resolve(name))));
            }
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home(i))));
            String seed = Files.readString(home(i).resolve(KeyFiles.VOTE_KEY)).strip();
            ServerConfig config = ServerConfig.load(config(i));
            assertFalse(config.toString().contains(seed.substring(0, 8)));
        }
        Files.setPosixFilePermissions(home(0).resolve(KeyFiles.VOTE_KEY), PosixFilePermissions.fromString("rw-r-----"));
        refused(0, "chmod 600");
    }

    @Test
    void anExistingDirectoryIsNeverOverwritten() throws Exception {
        StartupException e =
                assertThrows(StartupException.class, () -> newCluster().create(cluster));
        assertTrue(message(e).contains("nothing in it will be overwritten"), e::getMessage);
        assertEquals(genesis, ServerConfig.load(config(0)).genesis());
        Path empty = Files.createDirectory(temp.resolve("empty"));
        newCluster().create(empty);
        assertTrue(Files.exists(empty.resolve("genesis.json")));
        assertEquals(2, filesIn(temp));
    }

    @Test
    void anotherReplicasKeyIsNamed() throws Exception {
        Files.copy(home(2).resolve(KeyFiles.VOTE_KEY), replacing(home(1).resolve(KeyFiles.VOTE_KEY)));
        refused(1, "vote.key: not the vote key that the genesis document gives to replica 1; it is replica 2's");
    }

    @Test
    void keysOfAnotherClusterAreRefused() throws Exception {
        newCluster().create(temp.resolve("other"));
        Files.copy(temp.resolve("other/replica-1/vote.key"), replacing(home(1).resolve(KeyFiles.VOTE_KEY)));
        refused(1, "must come from the same `cairn init`");
        Files.copy(temp.resolve("other/genesis.json"), replacing(home(2).resolve("genesis.json")));
        refused(2, "not the vote key that the genesis document gives to replica 2");
    }

    @Test
    void tlsFilesThatDoNotFitAreRefused() throws Exception {
        Files.copy(home(2).resolve(KeyFiles.TLS_KEY), replacing(home(1).resolve(KeyFiles.TLS_KEY)));
        refused(1, "tls.key: not the key of");
        Files.copy(home(2).resolve(KeyFiles.TLS_CERTIFICATE), replacing(home(1).resolve(KeyFiles.TLS_CERTIFICATE)));
        refused(1, "not the TLS certificate that the genesis document gives to replica 1");
        newCluster().create(temp.resolve("other"));
        Files.copy(temp.resolve("other/replica-0/ca.crt"), replacing(home(0).resolve(KeyFiles.TLS_AUTHORITY)));
        refused(0, "not signed by");
    }

    @Test
    void damagedOrMissingFilesAreNamed() throws Exception {
        for (String name :
                List.of(KeyFiles.VOTE_KEY, KeyFiles.TLS_KEY, KeyFiles.TLS_CERTIFICATE, KeyFiles.TLS_AUTHORITY)) {
            byte[] good = Files.readAllBytes(home(0).resolve(name));
            Files.writeString(home(0).resolve(name), "garbage");
            refused(0, name + ": damaged");
            Files.delete(home(0).resolve(name));
            refused(0, name + ": this key file is missing");
            Files.write(home(0).resolve(name), good);
            Files.setPosixFilePermissions(home(0).resolve(name), PosixFilePermissions.fromString("rw-------"));
        }
        Files.delete(home(0).resolve("genesis.json"));
        refused(0, "there is no genesis document");
    }

    @Test
    void mistakesInTheFileNameLineAndRemedy() throws Exception {
        mistake(
                "replica = 0\nreplicas = 4\n",
                "server.conf:2: unknown key \"replicas\"; remove it, or write one of: replica,");
        mistake("# nothing\n", "server.conf: the key \"replica\" is missing");
        mistake("replica = 0\nreplica = 1\n", "server.conf:2: replica was set in line 1 already");
        mistake("replica = 4\n", "server.conf:1: replica: the genesis document names replicas 0 to 3");
        mistake("replica = first\n", "server.conf:1: replica: \"first\" is not a whole number");
        mistake("replica =\n", "server.conf:1: replica has no value");
        mistake("replica\n", "server.conf:1: \"replica\" is no setting; write it as key = value");
        mistake("replica = 0\n\nclient-listen = 2379\n", "server.conf:3: client-listen: \"2379\" has no port");
        mistake("replica = 0\npeer-listen = 127.0.0.1:99999\n", "server.conf:2: peer-listen: port 99999");
        mistake("replica = 0\nclient-tls-certificate = a.crt\n", "server.conf:2: client-tls-certificate: its key is");
        mistake("replica = 0\nclient-tls-key = a.key\n", "server.conf:2: client-tls-key: TLS needs a certificate too");
        mistake("replica = 0\nclient-tls-authority = a.crt\n", "server.conf:2: client-tls-authority: TLS needs");
    }

    @Test
    void listeningElsewhereThanTheGenesisAddressIsPossible() throws Exception {
        Files.writeString(config(3), "replica = 3\r\nclient-listen = [::]:4000\r\ndata = /var/lib/cairn\r\n");
        ServerConfig config = ServerConfig.load(config(3));
        assertEquals(new HostPort("::", 4000), config.clientListen());
        assertEquals(new HostPort("127.0.0.1", 2410), config.peerListen());
        assertEquals(Path.of("/var/lib/cairn"), config.data());
        assertEquals(Optional.empty(), config.pidFile());
    }

    @Test
    void aClockBeforeTheClusterWasMadeIsRefused() throws Exception {
        ServerConfig config = ServerConfig.load(config(0));
        config.requireSaneClock(CREATED.minusSeconds(59));
        StartupException e =
                assertThrows(StartupException.class, () -> config.requireSaneClock(CREATED.minusSeconds(3600)));
        assertTrue(message(e).contains("clock reads 2026-01-31T11:00:00Z"), e::getMessage);
    }

    @Test
    void aDataDirectoryBelongsToOneReplicaForEver() throws Exception {
        ServerConfig zero = ServerConfig.load(config(0));
        zero.claimData();
        zero.claimData();
        Files.writeString(config(1), "replica = 1\ndata = ../replica-0/data\n");
        dataRefused(
                1,
                "holds the data of another replica (replica 0, chain "
                        + genesis.chainId().toHex());
        Files.writeString(config(1), "replica = 1\ndata = .\n");
        dataRefused(1, "is not empty and not a replica's data directory");
        Files.writeString(config(1), "replica = 1\ndata = genesis.json\n");
        dataRefused(1, "genesis.json: ");
    }

    @Test
    void aUsedKeyWithoutItsLogIsRefused() throws Exception {
        KeyUse use = ServerConfig.load(config(0)).keyUse();
        use.requireLogIfUsed();
        Files.createDirectories(use.log());
        use.note();
        use.note();
        use.requireLogIfUsed();
        Files.delete(use.log());
        StartupException e = assertThrows(StartupException.class, use::requireLogIfUsed);
        assertTrue(message(e).contains("without its log a replica could contradict its own votes"), e::getMessage);
        assertFalse(message(e).contains("\n"), e::getMessage);
    }

    private void dataRefused(int replica, String reason) throws StartupException {
        ServerConfig config = ServerConfig.load(config(replica));
        StartupException e = assertThrows(StartupException.class, config::claimData);
        assertTrue(message(e).contains(reason), e::getMessage);
        assertFalse(message(e).contains("\n"), e::getMessage);
    }

    private void mistake(String text, String reason) throws IOException {
        Files.writeString(config(0), text);
        refused(0, reason);
    }

    private void refused(int replica, String reason) {
        StartupException e = assertThrows(StartupException.class, () -> ServerConfig.load(config(replica)));
        assertTrue(message(e).contains(reason), e::getMessage);
        assertFalse(message(e).contains("\n"), e::getMessage);
    }

    private static String message(Exception e) {
        return String.valueOf(e.getMessage());
    }

    private Path home(int replica) {
        return NewCluster.replicaDirectory(cluster, replica);
    }

    private Path config(int replica) {
        return home(replica).resolve(NewCluster.CONFIG);
    }

    private static Path replacing(Path file) throws IOException {
        Files.delete(file);
        return file;
    }

    private static long filesIn(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.count();
        }
    }
}
