package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** How values are parted into requests. */
class StagingProperties {
    @Property(tries = 200)
    void eachValueIsBroughtOnceAndNoRequestTakesMoreThanItMay(
            @ForAll @Size(max = 40) List<@IntRange(max = 1_500 << 10) Integer> sizes,
            @ForAll @IntRange(max = 40) int from) {
        List<Bytes> values =
                sizes.stream().map(size -> Bytes.wrap(new byte[size])).toList();
        int first = Math.min(from, values.size());
        List<Bytes> brought = new ArrayList<>(values.subList(0, first));
        List<Operation.StageValues> batches = Staging.batches(Digest.ZERO, values, first);
        for (Operation.StageValues batch : batches) {
            assertThat(batch.first()).isEqualTo(brought.size());
            assertThat(batch.values().size() == 1 || bytes(batch) <= Staging.REQUEST_BYTES)
                    .isTrue();
            brought.addAll(batch.values());
        }
        assertThat(brought).isEqualTo(values);
        for (int i = 1; i < batches.size(); i++) {
            int together = bytes(batches.get(i - 1))
                    + batches.get(i).values().getFirst().size();
            assertThat(together).as("what would have fitted").isGreaterThan(Staging.REQUEST_BYTES);
        }
    }

    private static int bytes(Operation.StageValues batch) {
        return batch.values().stream().mapToInt(Bytes::size).sum();
    }
}
