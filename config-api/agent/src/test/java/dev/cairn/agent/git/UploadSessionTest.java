package dev.cairn.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.client.repo.FileMode;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeFile;
import dev.cairn.client.repo.TreePath;
import dev.cairn.protocol.model.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UploadSessionTest {
    private static final RepositoryName WEB = new RepositoryName("web");
    private static final String UNKNOWN = "1234567890123456789012345678901234567890";

    private final PastSource store = new PastSource();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Says the same for ever. */
    private static final class Endless extends InputStream {
        private final byte[] said;
        private long read;

        Endless(String said) {
            this.said = said.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public int read() {
            return said[(int) (read++ % said.length)];
        }

        @Override
        public int read(byte[] into, int from, int length) {
            for (int i = from; i < from + length; i++) {
                into[i] = (byte) read();
            }
            return length;
        }
    }

    private static String packet(String line) {
        return HexFormat.of().toHexDigits((short) (line.length() + 5)) + line + "\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"want " + UNKNOWN, "have " + UNKNOWN, "shallow " + UNKNOWN, "deepen-not x"})
    void whoNeverStopsTalkingIsStopped(String line) throws Exception {
        store.publish(WEB, Tree.of(Map.of(TreePath.of("a"), new TreeFile(FileMode.REGULAR, Bytes.utf8("1")))));
        Projections projections = new Projections(store, directory);
        String want;
        try (Projections.Open open = projections.open(WEB)) {
            want = packet("want " + open.refs().head().name());
        }
        byte[] first = (line.startsWith("have ") ? want + "0000" : want).getBytes(StandardCharsets.US_ASCII);
        Endless endless = new Endless(packet(line));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(first), endless);
        assertThatThrownBy(() -> new UploadSession(projections, WEB).run(in, out))
                .isInstanceOf(IOException.class);
        assertThat(first.length + endless.read).isEqualTo(UploadSession.MAX_INPUT_BYTES);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("ERR this fetch tells of more than 1048576 bytes");
    }
}
