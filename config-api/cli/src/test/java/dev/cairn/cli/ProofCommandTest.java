package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the published files. */
class ProofCommandTest {
    private static final Path VECTORS = Path.of("..", "..", "docs", "vectors", "saved-proofs.json");
    private static final Map<String, Integer> EXIT_CODES = Map.of(
            "PROVEN", 0,
            "BAD_FILE", ProofCheckCommand.BAD_FILE,
            "NOT_PROVEN", ProofCheckCommand.NOT_PROVEN,
            "OTHER_CHAIN", ProofCheckCommand.OTHER_CHAIN);

    @TempDir
    Path directory;

    private Path genesis;
    private Json.Items files;

    @BeforeEach
    void read() throws Exception {
        Json.Fields vectors = (Json.Fields) Json.parse(Files.readString(VECTORS));
        genesis = Files.writeString(directory.resolve("genesis.json"), text(vectors, "genesis"));
        files = (Json.Items) field(vectors, "files");
    }

    private static Json field(Json.Fields object, String name) {
        return Optional.ofNullable(object.values().get(name)).orElseThrow();
    }

    private static String text(Json.Fields object, String name) {
        return ((Json.Text) field(object, name)).value();
    }

    private Path file(String name) throws IOException {
        for (Json file : files.values()) {
            if (text((Json.Fields) file, "name").equals(name)) {
                return write((Json.Fields) file);
            }
        }
        throw new AssertionError("no vector " + name);
    }

    private Path write(Json.Fields vector) throws IOException {
        return Files.write(directory.resolve("saved.proof"), HexFormat.of().parseHex(text(vector, "file")));
    }

    private Run check(Path file, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = file.toString();
        arguments[1] = "--pin";
        arguments[2] = genesis.toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Run.of(ProofCheckCommand::new, arguments);
    }

    @Test
    void everyPublishedFileHasItsExitCodeAndOneLine() throws Exception {
        for (Json vector : files.values()) {
            Json.Fields file = (Json.Fields) vector;
            Run run = check(write(file));
            assertThat(run.exitCode()).as(text(file, "name")).isEqualTo(EXIT_CODES.get(text(file, "verdict")));
            assertThat(run.err()).as(text(file, "name")).hasLineCount(1);
            assertThat(run.exitCode() == 0 || run.out().isEmpty()).isTrue();
        }
        assertThat(files.values()).hasSizeGreaterThan(10);
    }

    @Test
    void whatIsProvenIsPrintedAndOfWhichBlock() throws Exception {
        Run run = check(file("a key"));
        assertThat(run.out()).isEqualTo("greeting\ngood morning\n");
        assertThat(run.err())
                .matches("proven: key \"greeting\" at revision 9; block 9 [0-9a-f]+, certified by r0 r1 r2 in view 0,"
                        + " of 2026-01-01T00:00:09Z\n");
        assertThat(check(file("that a key is missing")).err()).startsWith("proven: there was no key \"greetings\"");
        assertThat(check(file("a prefix")).err())
                .startsWith("proven: 5 keys and no other from \"p/\" to before \"p0\" at revision 9;");
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        assertThat(check(file("a key"), "--json").out())
                .startsWith("{\"kvs\":[{\"key\":\"Z3JlZXRpbmc=\",")
                .contains("\"more\":false,\"count\":1,\"revision\":9,\"proven\":{\"height\":9,")
                .contains("\"signers\":[0,1,2]");
    }

    @Test
    void whatCannotBeReadIsAFailureAndNonsenseIsWrongUse() throws Exception {
        Run missing = check(directory.resolve("nothing"));
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no such file").hasLineCount(1);
        Run unpinned =
                Run.of(ProofCheckCommand::new, file("a key").toString(), "--pin", directory + "/no-genesis.json");
        assertThat(unpinned.exitCode()).isEqualTo(1);
        assertThat(unpinned.err()).contains("there is no genesis document").hasLineCount(1);
        assertThat(Run.of(ProofCheckCommand::new).exitCode()).isEqualTo(2);
        assertThat(Run.of(new ProofCommand()).exitCode()).isEqualTo(2);
    }

    @Test
    void savingOverwritesNothingAndAsksNobodyForNonsense() throws Exception {
        Path there = Files.writeString(directory.resolve("there"), "kept");
        Run run = save("a", there.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("is there already");
        assertThat(there).hasContent("kept");
        Path fresh = directory.resolve("fresh");
        assertThat(save("", fresh.toString()).exitCode()).isEqualTo(2);
        assertThat(save("a", fresh.toString(), "--rev=-1").err()).contains("--rev: -1 is negative");
        assertThat(save("a").exitCode()).isEqualTo(2);
        Run down = save("a", fresh.toString(), "--timeout=0.5", "--endpoints=" + DataCommandsTest.closedPort());
        assertThat(down.exitCode()).isEqualTo(3);
        assertThat(down.err()).contains("no replica answered").hasLineCount(1);
        assertThat(fresh).doesNotExist();
    }

    private Run save(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--pin";
        all[arguments.length + 1] = genesis.toString();
        return Run.of(new ProofSaveCommand(), all);
    }
}
