package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.protocol.model.Bytes;
import org.junit.jupiter.api.Test;

/** Whether an operation would leave a key otherwise than it is. */
class IntentTest {
    private static final Snapshot NOW = new FakeSnapshot().put("app/a", "1").put("app/b", "");

    private static Bytes bytes(String text) {
        return Bytes.utf8(text);
    }

    @Test
    void aPutChangesNothingWhereTheValueIsThere() throws NotVerifiedException {
        assertThat(new Intent.Put(bytes("app/a"), bytes("1")).changes(NOW)).isFalse();
        assertThat(new Intent.Put(bytes("app/b"), bytes("")).changes(NOW)).isFalse();
        assertThat(new Intent.Put(bytes("app/a"), bytes("2")).changes(NOW)).isTrue();
        assertThat(new Intent.Put(bytes("app/c"), bytes("")).changes(NOW)).isTrue();
    }

    @Test
    void aDeletionChangesNothingWhereNoKeyIs() throws NotVerifiedException {
        assertThat(new Intent.Delete(bytes("app/c")).changes(NOW)).isFalse();
        assertThat(new Intent.Delete(bytes("app/b")).changes(NOW)).isTrue();
        assertThat(new Intent.DeleteRange(bytes("app/c"), bytes("app/d")).changes(NOW))
                .isFalse();
        assertThat(new Intent.DeleteRange(bytes("app/"), bytes("app0")).changes(NOW))
                .isTrue();
    }
}
