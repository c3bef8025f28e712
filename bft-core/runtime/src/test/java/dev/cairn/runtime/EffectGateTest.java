package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** No outward effect leaves before every record before it is durable, whatever storage and loop do in which order. */
class EffectGateTest {
    private static final LogRecord RECORD =
            new LogRecord.StableCheckpoint(new LogSamples(1).certificate(new Height(256)));

    /** A disk that takes its time: what it was given is durable when the test says so. */
    private static final class SlowStorage implements EffectGate.Storage {
        final List<Integer> recordsUpTo = new ArrayList<>();
        private int records;

        @Override
        public void append(List<LogRecord> batch, long ticket) {
            records += batch.size();
            recordsUpTo.add(records);
            assertThat(ticket).isEqualTo(recordsUpTo.size());
        }
    }

    private static Effect.Send send(long number) {
        return new Effect.Send(new dev.cairn.protocol.model.ReplicaId(1), new Message.ReadIndexQuery(number));
    }

    @Property
    void nothingLeavesBeforeItsRecords(@ForAll long seed) {
        Random random = new Random(seed);
        SlowStorage storage = new SlowStorage();
        List<Effect.Outward> performed = new ArrayList<>();
        List<Integer> recordsBefore = new ArrayList<>();
        int[] durableRecords = {0};
        EffectGate gate = new EffectGate(storage, effect -> {
            assertThat(recordsBefore.get(performed.size())).isLessThanOrEqualTo(durableRecords[0]);
            performed.add(effect);
        });
        int records = 0;
        long durable = 0;
        List<Effect.Outward> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    gate.persist(RECORD);
                    records++;
                }
                case 1 -> {
                    Effect.Send effect = send(i);
                    asked.add(effect);
                    recordsBefore.add(records);
                    gate.outward(effect);
                }
                case 2 -> gate.flush();
                default -> {
                    if (durable < storage.recordsUpTo.size()) {
                        durable += 1 + random.nextInt((int) (storage.recordsUpTo.size() - durable));
                        durableRecords[0] = storage.recordsUpTo.get((int) durable - 1);
                        gate.durable(durable);
                    }
                }
            }
            // A crash here loses what is not durable, and nothing that depends on it has left.
            assertThat(performed).isEqualTo(asked.subList(0, performed.size()));
        }
        gate.flush();
        durableRecords[0] = records;
        gate.durable(storage.recordsUpTo.size());
        assertThat(performed).isEqualTo(asked);
        assertThat(gate.held()).isZero();
    }

    @Test
    void withoutRecordsNothingWaits() {
        List<Effect.Outward> performed = new ArrayList<>();
        EffectGate gate = new EffectGate(new SlowStorage(), performed::add);
        gate.outward(send(1));
        assertThat(performed).hasSize(1);
        gate.persist(RECORD);
        gate.outward(send(2));
        gate.flush();
        assertThat(performed).hasSize(1);
        gate.durable(1);
        assertThat(performed).hasSize(2);
        gate.outward(send(3));
        assertThat(performed).hasSize(3);
    }
}
