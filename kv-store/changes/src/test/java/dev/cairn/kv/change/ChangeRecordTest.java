package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ChangeRecordTest {
    @Property(tries = 200)
    void whatIsReadIsWhatWasWritten(
            @ForAll ChangeStanding standing,
            @ForAll @Size(max = 40) byte[] text,
            @ForAll @Size(max = 5) List<Purpose> purposes,
            @ForAll @LongRange(min = 0) long seconds,
            @ForAll @LongRange(min = 0) long revision) {
        List<ChangeRecord.Taken> signatures = purposes.stream()
                .map(purpose -> new ChangeRecord.Taken(purpose, Bytes.utf8("by " + purpose), seconds))
                .toList();
        ChangeRecord record =
                new ChangeRecord(standing, Bytes.wrap(text), signatures, seconds, revision, Bytes.utf8("detail"));

        assertThat(ChangeRecord.decode(record.encode())).isEqualTo(record);
        PendingRecord pending = new PendingRecord(signatures);
        assertThat(PendingRecord.decode(pending.encode())).isEqualTo(pending);
    }

    @Property(tries = 200)
    void whatIsCutOrGoesOnIsRefused(@ForAll Purpose purpose, @ForAll @LongRange(min = 0, max = 200) long at) {
        PendingRecord record = new PendingRecord(List.of(new ChangeRecord.Taken(purpose, Bytes.utf8("signature"), 7)));
        requireRefused(record.of(Bytes.utf8("text")).encode(), at, ChangeRecord::decode);
        requireRefused(record.encode(), at, PendingRecord::decode);
    }

    private static void requireRefused(Bytes whole, long at, Consumer<Bytes> decode) {
        int length = (int) (at % (whole.size() + 20));
        if (length == whole.size()) {
            return;
        }
        Bytes other = Bytes.wrap(Arrays.copyOf(whole.shared(), length));

        assertThatThrownBy(() -> decode.accept(other)).isInstanceOf(IllegalArgumentException.class);
    }
}
