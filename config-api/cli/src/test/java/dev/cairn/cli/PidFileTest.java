package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.server.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @Test
    void holdsTheProcessIdUntilClosed() throws Exception {
        Path file = temp.resolve("pid");
        long self = ProcessHandle.current().pid();
        try (PidFile _ = PidFile.claim(Optional.of(file), "it")) {
            assertThat(file).hasContent(self + "\n");
            assertThat(PidFile.holder(file)).isEqualTo(OptionalLong.of(self));
            assertThatThrownBy(() -> PidFile.claim(file, "replica 0"))
                    .isInstanceOf(StartupException.class)
                    .hasMessage("replica 0 is running already, as process " + self + "; stop it first: kill " + self);
        }
        assertThat(file).doesNotExist();
        assertThat(PidFile.holder(file)).isEmpty();
    }

    @Test
    void whatACrashLeftIsNobodys() throws Exception {
        Path file = temp.resolve("pid");
        Files.writeString(file, ProcessHandle.current().pid() + "\nmore\n");
        assertThat(PidFile.holder(file))
                .as("its number lives, but does not hold it")
                .isEmpty();
        try (PidFile _ = PidFile.claim(file, "it")) {
            assertThat(file).hasContent(ProcessHandle.current().pid() + "\n");
        }
    }

    @Test
    void whereNoneIsWantedNoneIsMade() throws Exception {
        PidFile.claim(Optional.empty(), "it").close();
        assertThat(temp).isEmptyDirectory();
    }
}
