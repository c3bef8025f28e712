package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.imports.ImportChoices;
import dev.cairn.cli.imports.ImportReport;
import dev.cairn.cli.imports.SnapshotImport;
import dev.cairn.cli.imports.Writer;
import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Pin;
import dev.cairn.genesis.StoreLimits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Channel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real etcd holds, saved by its own etcdctl, is in a Cairn afterwards. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ImportTest {
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

    @TempDir
    static Path directory;

    private FilledEtcd etcd;
    private int clusters;

    @BeforeAll
    void fill() throws Exception {
        etcd = new FilledEtcd(directory.resolve("etcd"));
    }

    @AfterAll
    void stop() {
        if (etcd != null) {
            etcd.close();
        }
    }

    // All of it.

    @Test
    void keysLeasesUsersAndRolesComeAlongAndTheRevisionDoesNotGoBack() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN)) {
            ImportReport report = run(cairn, ImportChoices.ALL, Writers.PLAIN);
            assertThat(report.enabledAuth()).isTrue();
            assertThat(report.snapshotRevision()).isEqualTo(etcd.revision());
            assertThat(report.after()).isGreaterThan(etcd.revision());
            assertThat(report.keys()).isEqualTo(etcd.contents().size());
            requireSame(cairn);
            requireUsers(cairn);
        }
    }

    @Test
    void whoKnewAnOldRevisionIsToldThatItIsCompacted() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN);
                Endpoint endpoint = new Endpoint("Cairn", cairn.address(0))) {
            run(cairn, withoutUsers(5), Writers.PLAIN);
            assertThat(endpoint.revision()).isGreaterThan(etcd.revision() + 5);
            assertThatThrownBy(() -> KVGrpc.newBlockingStub(endpoint.channel())
                            .range(RangeRequest.newBuilder()
                                    .setKey(ALL)
                                    .setRangeEnd(ALL)
                                    .setRevision(etcd.revision())
                                    .build()))
                    .hasMessageContaining("required revision has been compacted");
        }
    }

    @Test
    void aDryRunWritesNothing() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN)) {
            ImportReport report = run(cairn, new ImportChoices(true, true, false, 0, true, true), Writers.forbidden());
            assertThat(report.keys()).isEqualTo(etcd.contents().size());
            assertThat(report.after()).isEqualTo(report.before()).isEqualTo(1);
        }
    }

    @Test
    void theCommandSaysWhatItDid() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN)) {
            String leavingAuth = "--no-auth-enable";
            Printed planned = type(cairn, leavingAuth, "--dry-run");
            assertThat(planned.output())
                    .contains("would import " + etcd.contents().size() + " keys")
                    .contains(
                            "3 leases, 3 roles, 3 users",
                            "the cluster's is 1 and would be raised to " + etcd.revision());
            assertThat(planned.exitCode()).isZero();
            assertThat(type(cairn, leavingAuth).output())
                    .contains("imported " + etcd.contents().size() + " keys")
                    .contains("etcd's permissions are enabled in the snapshot, and not here");
            Printed again = type(cairn, "--json");
            assertThat(again.output())
                    .contains("\"keys\":0,\"keys_unchanged\":" + etcd.contents().size() + ",", "\"auth_enabled\":true")
                    .contains("users that were there already keep their passwords: ann, bob, root");
            Printed refused = type(cairn);
            assertThat(refused.output()).startsWith("cairn: etcd's permissions are enabled in this cluster already");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(type(cairn, "--bump-revision=-1").exitCode()).isEqualTo(2);
        }
    }

    private record Printed(int exitCode, String output) {}

    private Printed type(CairnInProcess cairn, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.cairn.cli.Main",
                "import",
                "--from-snapshot=" + etcd.snapshot(),
                "--pin=" + cairn.genesis()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_STATE_HOME", directory.resolve("home").toString());
        Process process = builder.start();
        try {
            String output = process.inputReader()
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("WARNING: "))
                    .collect(Collectors.joining("\n"));
            return new Printed(process.waitFor(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    // Interruptions.

    @Test
    void whateverStepFailsTheSameCommandGoesOn() throws Exception {
        for (boolean executed : new boolean[] {false, true}) {
            try (CairnInProcess cairn = cluster(Governance.OPEN)) {
                int failures = 0;
                while (!isDone(cairn, failures + 1, executed)) {
                    failures++;
                }
                assertThat(failures).as("steps that failed once").isGreaterThan(15);
                requireSame(cairn);
                requireUsers(cairn);
            }
        }
    }

    private boolean isDone(CairnInProcess cairn, int failing, boolean executed) throws Exception {
        try {
            run(cairn, ImportChoices.ALL, Writers.failingAt(failing, executed));
            return true;
        } catch (Failure e) {
            // That enabling was done can only be seen by those whom it lets in.
            boolean isComplete =
                    String.valueOf(e.getMessage()).contains("if an import was to enable them, it is complete");
            assertThat(isComplete || Writers.CUT.equals(e.getMessage()))
                    .as(e.getMessage())
                    .isTrue();
            return isComplete;
        }
    }

    @Test
    void aReceiptThatIsLostIsNoReasonToStop() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN)) {
            run(cairn, ImportChoices.ALL, Writers::twice);
            requireSame(cairn);
            requireUsers(cairn);
        }
    }

    @Test
    void aKeyThatSomebodyWritesMeanwhileIsNotPutOver() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN);
                Endpoint endpoint = new Endpoint("Cairn", cairn.address(0))) {
            KeyValue last = etcd.contents().getLast();
            assertThatThrownBy(() -> run(cairn, withoutUsers(0), writer -> operation -> {
                        if (operation instanceof Operation.Txn) {
                            FilledEtcd.put(endpoint.channel(), last.getKey(), "somebody's");
                        }
                        return writer.execute(operation);
                    }))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("somebody wrote ");
            assertThat(values(endpoint.channel())).contains("somebody's");
        }
    }

    // Refusals, after which nothing was written.

    @Test
    void guardedKeysAreRefusedAndNothingIsWritten() throws Exception {
        requireRefused(
                governance(EnumSet.allOf(Right.class), "app/", "big", "leased/"),
                ImportChoices.ALL,
                "of the snapshot's " + etcd.contents().size() + " keys are not open to gateways here");
    }

    @Test
    void aMissingRightIsNamedAndNothingIsWritten() throws Exception {
        requireRefused(
                governance(EnumSet.complementOf(EnumSet.of(Right.IMPORT)), ""),
                ImportChoices.ALL,
                "gateways have no right \"import\" here");
        requireRefused(
                governance(EnumSet.complementOf(EnumSet.of(Right.AUTH)), ""),
                ImportChoices.ALL,
                "users and roles do not change here");
        try (CairnInProcess cairn = cluster(governance(EnumSet.of(Right.IMPORT), ""))) {
            assertThat(run(cairn, withoutUsers(0), Writers.PLAIN).users()).isZero();
        }
    }

    @Test
    void keysThatAreThereOtherwiseAreReplacedOnlyIfAskedFor() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN);
                Endpoint endpoint = new Endpoint("Cairn", cairn.address(0))) {
            KeyValue first = etcd.contents().getFirst();
            KeyValue second = etcd.contents().get(1);
            FilledEtcd.put(endpoint.channel(), first.getKey(), "other");
            FilledEtcd.put(
                    endpoint.channel(), second.getKey(), second.getValue().toStringUtf8());
            FilledEtcd.put(endpoint.channel(), ByteString.copyFromUtf8("mine"), "stays");
            long before = endpoint.revision();
            assertThatThrownBy(() -> run(cairn, withoutUsers(0), Writers.forbidden()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("1 of the snapshot's keys are there already with another value or lease")
                    .hasMessageContaining("--overwrite");
            assertThat(endpoint.revision()).isEqualTo(before);
            ImportReport report = run(cairn, new ImportChoices(true, false, true, 0, false, true), Writers.PLAIN);
            assertThat(report.replaced()).isEqualTo(1);
            assertThat(report.unchanged()).isEqualTo(1);
            assertThat(values(endpoint.channel())).contains("stays").doesNotContain("other");
        }
    }

    @Test
    void whatIsTooLargeForTheClusterIsRefused() throws Exception {
        requireRefused(
                Governance.OPEN,
                new StoreLimits(2L << 30, 128, 64 << 10),
                "found it with a larger init --max-request-bytes");
        requireRefused(Governance.OPEN, new StoreLimits(100_000, 128, 1536 << 10), "the cluster's quota is 100000");
    }

    @Test
    void aRoleThatMeansMoreHereIsNotGivenToImportedUsers() throws Exception {
        try (CairnInProcess cairn = cluster(Governance.OPEN);
                Endpoint endpoint = new Endpoint("Cairn", cairn.address(0))) {
            FilledEtcd.role(endpoint.channel(), "reader", "secret/");
            assertThatThrownBy(() -> run(cairn, ImportChoices.ALL, Writers.forbidden()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("there is a role \"reader\" already");
            assertThat(endpoint.revision()).isEqualTo(1);
        }
    }

    @Test
    void aFileThatDoesNotFitItsHashIsRefused() throws Exception {
        byte[] bytes = Files.readAllBytes(etcd.snapshot());
        bytes[bytes.length / 2] ^= 1;
        Path flipped = Files.write(directory.resolve("flipped.db"), bytes);
        Path cut = Files.write(directory.resolve("cut.db"), List.of("no", "snapshot"), StandardOpenOption.CREATE);
        try (CairnInProcess cairn = cluster(Governance.OPEN)) {
            assertThatThrownBy(() -> run(cairn, flipped, ImportChoices.ALL, Writers.forbidden()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("its hash does not fit its bytes");
            assertThatThrownBy(() -> run(cairn, cut, ImportChoices.ALL, Writers.forbidden()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("--skip-hash-check");
        }
    }

    // Doing.

    /** With transactions of four, so that there are several. */
    private CairnInProcess cluster(Governance governance) throws Exception {
        return cluster(governance, new StoreLimits(2L << 30, 4, 1536 << 10));
    }

    private CairnInProcess cluster(Governance governance, StoreLimits limits) throws Exception {
        return new CairnInProcess(directory.resolve("cairn" + clusters++), 1, Map.of(), governance, limits);
    }

    private static Governance governance(Set<Right> rights, String... open) {
        List<Bytes> prefixes = Stream.of(open).map(Bytes::utf8).toList();
        return new Governance(
                Governance.OPEN.registry(),
                new GuardTable(Optional.empty(), List.of(), prefixes),
                Optional.empty(),
                rights,
                0);
    }

    private static ImportChoices withoutUsers(long bump) {
        return new ImportChoices(true, false, false, bump, false, true);
    }

    private ImportReport run(CairnInProcess cairn, ImportChoices choices, Writers writers) throws Exception {
        return run(cairn, etcd.snapshot(), choices, writers);
    }

    private static ImportReport run(CairnInProcess cairn, Path file, ImportChoices choices, Writers writers)
            throws Exception {
        CairnClient client = CairnClient.connect(ClientSettings.of(Pin.read(cairn.genesis())));
        try (Cluster cluster = new Cluster(client, new PrintWriter(new StringWriter()))) {
            return new SnapshotImport(cluster, writers.around(cluster::execute), (_, _) -> {}).run(file, choices);
        }
    }

    private void requireRefused(Governance governance, ImportChoices choices, String message) throws Exception {
        try (CairnInProcess cairn = cluster(governance)) {
            requireRefused(cairn, choices, message);
        }
    }

    private void requireRefused(Governance governance, StoreLimits limits, String message) throws Exception {
        try (CairnInProcess cairn = cluster(governance, limits)) {
            requireRefused(cairn, ImportChoices.ALL, message);
        }
    }

    private void requireRefused(CairnInProcess cairn, ImportChoices choices, String message) throws Exception {
        assertThatThrownBy(() -> run(cairn, choices, Writers.forbidden()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(message)
                .hasMessageContaining("Nothing was imported");
        try (Endpoint endpoint = new Endpoint("Cairn", cairn.address(0))) {
            assertThat(endpoint.revision()).isEqualTo(1);
        }
    }

    /** What stands between an import and its cluster. */
    @FunctionalInterface
    private interface Writers {
        String CUT = "the line was cut";

        Writers PLAIN = writer -> writer;

        Writer around(Writer writer);

        static Writers forbidden() {
            return _ -> operation -> {
                throw new AssertionError("nothing was to be written, and this was: " + operation);
            };
        }

        /** @param executed whether the operation is executed all the same */
        static Writers failingAt(int failing, boolean executed) {
            int[] asked = new int[1];
            return writer -> operation -> {
                asked[0]++;
                if (asked[0] != failing) {
                    return writer.execute(operation);
                }
                if (executed) {
                    Outcome _ = writer.execute(operation);
                }
                throw new Failure(CUT);
            };
        }

        static Writer twice(Writer writer) {
            return operation -> {
                Outcome _ = writer.execute(operation);
                return writer.execute(operation);
            };
        }
    }

    // Comparing.

    private void requireSame(CairnInProcess cairn) throws Exception {
        try (Endpoint endpoint = new Endpoint("Cairn", cairn.address(0))) {
            Channel channel = FilledEtcd.as(endpoint, "root");
            assertThat(pairs(contents(channel))).isEqualTo(pairs(etcd.contents()));
            for (long id : FilledEtcd.LEASES.keySet()) {
                LeaseTimeToLiveRequest request = LeaseTimeToLiveRequest.newBuilder()
                        .setID(id)
                        .setKeys(true)
                        .build();
                LeaseTimeToLiveResponse ours =
                        LeaseGrpc.newBlockingStub(channel).leaseTimeToLive(request);
                assertThat(ours.getGrantedTTL()).as("lease %s", id).isEqualTo(FilledEtcd.LEASES.get(id));
                assertThat(ours.getKeysList())
                        .containsExactlyInAnyOrderElementsOf(etcd.contents().stream()
                                .filter(pair -> pair.getLease() == id)
                                .map(KeyValue::getKey)
                                .toList());
            }
        }
    }

    private void requireUsers(CairnInProcess cairn) throws Exception {
        try (Endpoint endpoint = new Endpoint("Cairn", cairn.address(0))) {
            assertThat(FilledEtcd.users(FilledEtcd.as(endpoint, "root"))).isEqualTo(etcd.users());
            Channel reader = FilledEtcd.as(endpoint, "ann");
            assertThat(KVGrpc.newBlockingStub(reader)
                            .range(RangeRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("app/1"))
                                    .build())
                            .getCount())
                    .isEqualTo(1);
            assertThatThrownBy(() -> FilledEtcd.put(reader, ByteString.copyFromUtf8("app/1"), "x"))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> FilledEtcd.as(endpoint, "ann", "wrong"))
                    .hasMessageContaining("authentication failed");
        }
    }

    private static List<KeyValue> contents(Channel channel) {
        RangeResponse all = KVGrpc.newBlockingStub(channel)
                .range(RangeRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).build());
        return all.getKvsList();
    }

    private static List<String> values(Channel channel) {
        return contents(channel).stream()
                .map(pair -> pair.getValue().toStringUtf8())
                .toList();
    }

    private static List<KeyValue> pairs(List<KeyValue> contents) {
        List<KeyValue> pairs = new ArrayList<>();
        for (KeyValue each : contents) {
            pairs.add(KeyValue.newBuilder()
                    .setKey(each.getKey())
                    .setValue(each.getValue())
                    .setLease(each.getLease())
                    .build());
        }
        return pairs;
    }
}
