package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What etcdctl prints for a real etcd it prints for Cairn. The files {@code etcdctl-*.txt} have the commands; they are typed in
 * their order, each to both, and what came out must be alike: exit code, output and errors, but for what any two clusters
 * differ in; and after {@code shape:}, but for all numbers.
 */
final class EtcdctlTest {
    private static final Path SCRIPTS = Path.of("src", "test", "resources", "conformance");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> keys() throws Exception {
        return bothPrintTheSame("keys");
    }

    @TestFactory
    Stream<DynamicTest> leases() throws Exception {
        return bothPrintTheSame("leases");
    }

    @TestFactory
    Stream<DynamicTest> users() throws Exception {
        return bothPrintTheSame("users");
    }

    @TestFactory
    Stream<DynamicTest> cluster() throws Exception {
        return bothPrintTheSame("cluster");
    }

    private Stream<DynamicTest> bothPrintTheSame(String script) throws Exception {
        Path etcd = ReferenceEtcd.binary();
        Path etcdctl = etcd.resolveSibling("etcdctl");
        ReferenceEtcd reference = new ReferenceEtcd(etcd, directory.resolve("etcd"), List.of());
        CairnInProcess cairn = new CairnInProcess(directory.resolve("cairn"), 1);
        Etcdctl first = new Etcdctl(etcdctl, reference.address(), Files.createDirectory(directory.resolve("first")));
        Etcdctl second = new Etcdctl(etcdctl, cairn.address(0), Files.createDirectory(directory.resolve("second")));
        return commands(SCRIPTS.resolve("etcdctl-" + script + ".txt")).stream()
                .map(command -> DynamicTest.dynamicTest(command.toString(), () -> {
                    Etcdctl.Printed expected = first.type(command);
                    Etcdctl.Printed actual = second.type(command);
                    assertThat(actual.text())
                            .as(
                                    "what Cairn printed, which etcd printed otherwise; unchanged:%n%s%n%s",
                                    actual.raw(), expected.raw())
                            .isEqualTo(expected.text());
                }))
                .onClose(reference::close)
                .onClose(cairn::close);
    }

    /** From an etcd to Cairn and back, which is how keys come over. */
    @Test
    @Timeout(60)
    void keysAreMirroredBothWays() throws Exception {
        Path etcd = ReferenceEtcd.binary();
        Path etcdctl = etcd.resolveSibling("etcdctl");
        try (ReferenceEtcd reference = new ReferenceEtcd(etcd, directory.resolve("etcd"), List.of());
                CairnInProcess cairn = new CairnInProcess(directory.resolve("cairn"), 1);
                Endpoint first = new Endpoint("etcd", reference.address());
                Endpoint second = new Endpoint("Cairn", cairn.address(0))) {
            mirrored(etcdctl, "there/", first, reference.address(), second, cairn.address(0));
            mirrored(etcdctl, "back/", second, cairn.address(0), first, reference.address());
        }
    }

    /** What is there and what comes, in one revision or several, put and deleted. */
    private void mirrored(Path etcdctl, String prefix, Endpoint from, String source, Endpoint to, String destination)
            throws Exception {
        from.call(Words.put(prefix + "old", "1").build()).join().message();
        Process mirror = new ProcessBuilder(
                        etcdctl.toString(), "--endpoints=" + source, "make-mirror", "--prefix=" + prefix, destination)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("mirror.log").toFile())
                .start();
        try {
            await(mirror, to, prefix + "old", 1);
            from.call(Words.txn(Words.op(Words.put(prefix + "a", "1")), Words.op(Words.put(prefix + "b", "2")))
                            .build())
                    .join()
                    .message();
            from.call(Words.delete(prefix + "old", "").build()).join().message();
            await(mirror, to, prefix + "old", 0);
            assertThat(pairs(to, prefix)).isEqualTo(pairs(from, prefix)).hasSize(2);
        } finally {
            mirror.destroyForcibly().waitFor();
        }
    }

    private static void await(Process mirror, Endpoint endpoint, String key, long count) {
        while (range(endpoint, Words.get(key)).getCount() != count) {
            assertThat(mirror.isAlive()).as("make-mirror runs").isTrue();
        }
    }

    private static List<String> pairs(Endpoint endpoint, String prefix) {
        String end = prefix.substring(0, prefix.length() - 1) + "0";
        return range(endpoint, Words.range(prefix, end)).getKvsList().stream()
                .map(pair ->
                        pair.getKey().toStringUtf8() + "=" + pair.getValue().toStringUtf8())
                .toList();
    }

    private static RangeResponse range(Endpoint endpoint, RangeRequest.Builder request) {
        return (RangeResponse) endpoint.call(request.build()).join().message();
    }

    /** A line is a command; lines that begin with a bar after it are its input. */
    private static List<Etcdctl.Command> commands(Path script) throws IOException {
        List<Etcdctl.Command> commands = new ArrayList<>();
        for (String line : Files.readAllLines(script)) {
            if (line.startsWith("|")) {
                commands.add(commands.removeLast().withInput(line.substring(1)));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                commands.add(Etcdctl.Command.parse(line));
            }
        }
        return commands;
    }
}
