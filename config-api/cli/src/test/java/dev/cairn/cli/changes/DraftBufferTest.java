package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cli.Failure;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DraftBufferTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void linesAreOperations() throws Exception {
        Path file = Files.writeString(directory.resolve("value"), "from a file");
        DraftBuffer buffer = DraftBuffer.parse("""
                reason Raise the limit
                # put not/this one
                put app/a%20b  two words
                put app/empty
                put-file app/file FILE
                delete app/old
                delete-range tmp/ tmp0
                """.replace("FILE", file.toString()));
        assertThat(buffer.reason()).contains("Raise the limit");
        assertThat(buffer.intents())
                .containsExactly(
                        new Intent.Put(Bytes.utf8("app/a b"), Bytes.utf8(" two words")),
                        new Intent.Put(Bytes.utf8("app/empty"), Bytes.EMPTY),
                        new Intent.Put(Bytes.utf8("app/file"), Bytes.utf8("from a file")),
                        new Intent.Delete(Bytes.utf8("app/old")),
                        new Intent.DeleteRange(Bytes.utf8("tmp/"), Bytes.utf8("tmp0")));
    }

    @Test
    void theTemplateIsAnEmptyDraft() throws Exception {
        DraftBuffer buffer = DraftBuffer.parse(DraftBuffer.template(Optional.empty()));
        assertThat(buffer.reason()).isEmpty();
        assertThat(buffer.intents()).isEmpty();
        assertThat(DraftBuffer.parse(DraftBuffer.template(Optional.of("why"))).reason())
                .contains("why");
    }

    @ParameterizedTest
    @ValueSource(strings = {"putt a b", "put a%2 b", "delete a b", "delete-range a", "put-file a"})
    void whatIsNoOperationNamesItsLine(String line) {
        assertThatThrownBy(() -> DraftBuffer.parse("reason x\n" + line))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("line 2 of the draft ");
    }
}
