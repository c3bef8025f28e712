package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SignedMessage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadTextsTest {
    private final ReadTexts texts = new ReadTexts();

    private static SignedMessage text(String reason, int operations) {
        List<ChangeOperation> deletions = IntStream.range(0, operations)
                .<ChangeOperation>mapToObj(i -> new ChangeOperation.Delete(Bytes.utf8("%05d".formatted(i))))
                .toList();
        return SignedMessage.of(
                new Change(new Digest(1, 2, 3, 4), 1, 0, 600, new PrincipalName("alice"), reason, List.of(), deletions)
                        .text());
    }

    @Test
    void aTextIsReadOnce() throws ChangeException {
        SignedMessage text = text("Clean up", 3);
        ReadText read = texts.read(text);

        assertThat(texts.read(text)).isSameAs(read);
        assertThat(texts.find(text.digest())).containsSame(read);
        assertThat(texts.tried()).isEqualTo(1);
    }

    @Test
    void aTextThatCannotBeReadIsTriedOnce() {
        SignedMessage none = SignedMessage.of(Bytes.utf8("cairn-change-1\nnonsense\n"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> texts.read(none)).isInstanceOf(ChangeException.class);
        }
        assertThat(texts.tried()).isEqualTo(1);
        assertThat(texts.find(none.digest())).isEmpty();
    }

    @Test
    void whatIsRememberedHasABoundInBytes() throws ChangeException {
        SignedMessage used = text("Used again and again", 4000);
        SignedMessage first = text("The first", 4000);
        texts.read(used);
        texts.read(first);
        long both = texts.heldBytes();
        for (int i = 0; i < 2 * ReadTexts.MAX_BYTES / (both / 2); i++) {
            texts.read(text("Number " + i, 4000));
            assertThat(texts.find(used.digest())).isPresent();
            assertThat(texts.heldBytes()).isLessThanOrEqualTo(ReadTexts.MAX_BYTES);
        }
        assertThat(texts.heldBytes()).isGreaterThan(ReadTexts.MAX_BYTES - both);
        assertThat(texts.find(first.digest())).isEmpty();
    }

    @Test
    void textsThatCannotBeReadTakeNoRoomFromOthersAndHaveABoundToo() throws ChangeException {
        SignedMessage good = text("Clean up", 3);
        texts.read(good);
        long before = texts.heldBytes();
        for (int i = 0; i < 5000; i++) {
            SignedMessage none = SignedMessage.of(Bytes.utf8("nonsense " + i));
            assertThatThrownBy(() -> texts.read(none)).isInstanceOf(ChangeException.class);
        }
        assertThat(texts.heldBytes()).isBetween(before + 1, before + ReadTexts.MAX_REASON_BYTES);
        assertThat(texts.find(good.digest())).isPresent();
    }
}
