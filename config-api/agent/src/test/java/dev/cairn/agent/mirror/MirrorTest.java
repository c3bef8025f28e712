package dev.cairn.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MirrorTest {
    private static Mirror of(String prefix) {
        return new Mirror(Bytes.utf8(prefix), () -> 0);
    }

    @Test
    void coversWhatBeginsWithItsPrefixAndNothingElse() {
        Mirror mirror = of("a/");
        assertThat(mirror.covers(KeySpan.prefix(Bytes.utf8("a/")))).isTrue();
        assertThat(mirror.covers(KeySpan.prefix(Bytes.utf8("a/b")))).isTrue();
        assertThat(mirror.covers(KeySpan.single(Bytes.utf8("a/")))).isTrue();
        assertThat(mirror.covers(KeySpan.single(Bytes.utf8("a")))).isFalse();
        assertThat(mirror.covers(KeySpan.prefix(Bytes.utf8("a")))).isFalse();
        assertThat(mirror.covers(new KeySpan(Bytes.utf8("a/x"), Optional.of(Bytes.utf8("b")))))
                .isFalse();
        assertThat(mirror.covers(new KeySpan(Bytes.utf8("a/x"), Optional.empty())))
                .isFalse();
        assertThat(of("").covers(new KeySpan(Bytes.EMPTY, Optional.empty()))).isTrue();
    }

    @Test
    void holdsNothingBeforeItIsLoaded() {
        Mirror mirror = of("a/");
        assertThat(mirror.get(Bytes.utf8("a/b"))).isEmpty();
        assertThat(mirror.list(KeySpan.prefix(Bytes.utf8("a/")))).isEmpty();
        mirror.newest(7, 0);
        assertThat(mirror.standing()).isEmpty();
    }
}
