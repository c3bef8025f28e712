package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HomeDirectoryTest {
    @Test
    void theShellsHomeComesFirst() {
        assertThat(HomeDirectory.of("/home/a", "/home/b")).isEqualTo(Path.of("/home/a"));
        assertThat(HomeDirectory.of(null, "/home/b")).isEqualTo(Path.of("/home/b"));
        assertThat(HomeDirectory.of("", "/home/b")).isEqualTo(Path.of("/home/b"));
    }
}
