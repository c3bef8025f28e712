package dev.cairn.simulator;

import static dev.cairn.simulator.Histories.GENESIS;
import static dev.cairn.simulator.Histories.R0;
import static dev.cairn.simulator.Histories.assertRefused;
import static dev.cairn.simulator.Histories.height;

import dev.cairn.protocol.Occupancy;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Witness;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** As {@link ChainInvariantsTest}: what clients are promised, and what memory is bounded. */
class ServiceInvariantsTest {
    @Test
    void linearizableReadsRefuseAStaleOne() {
        Invariant reads = new ServiceInvariants.LinearizableReads();
        reads.onRead(R0, height(5), height(5));
        assertRefused(() -> reads.onRead(R0, height(4), height(5)), reads);
    }

    @Test
    void soundTestimonyRefusesWhatWouldConvinceNobody() {
        Digest challenge = Hashing.sha256(new byte[] {1});
        Digest asked = Testimony.challengeOf(List.of(challenge));
        List<Witness> witnesses = IntStream.range(0, 3)
                .mapToObj(i -> {
                    ReplicaId replica = new ReplicaId(i);
                    Statement statement =
                            Witness.statement(GENESIS.chainId(), Epoch.ZERO, asked, i, View.ZERO, Height.GENESIS);
                    return new Witness(
                            Epoch.ZERO,
                            replica,
                            asked,
                            i,
                            View.ZERO,
                            Height.GENESIS,
                            SimCrypto.sign(replica, statement));
                })
                .toList();
        Invariant sound = new ServiceInvariants.SoundTestimony(GENESIS);
        Testimony good = new Testimony(List.of(challenge), witnesses);
        sound.onTestimony(R0, challenge, Optional.of(good));
        assertRefused(() -> sound.onTestimony(R0, Digest.ZERO, Optional.of(good)), sound);
        assertRefused(() -> sound.onTestimony(R0, challenge, Optional.empty()), sound);
        Testimony ofTwo = new Testimony(List.of(challenge), witnesses.subList(0, 2));
        assertRefused(() -> sound.onTestimony(R0, challenge, Optional.of(ofTwo)), sound);
    }

    @Test
    void boundedMemoryRefusesAFloodInAnyPlace() throws ReflectiveOperationException {
        Invariant bounds = new ServiceInvariants.BoundedMemory(GENESIS.parameters(), 4, 200);
        bounds.onOccupied(R0, holding("requests", 200));
        for (RecordComponent part : Occupancy.class.getRecordComponents()) {
            if (!part.getName().equals("sinceCheckpoint")) { // the measure of others
                Occupancy flood = holding(part.getName(), 10_000);
                assertRefused(() -> bounds.onOccupied(R0, flood), bounds);
            }
        }
    }

    private static Occupancy holding(String part, int count) throws ReflectiveOperationException {
        Object[] counts = Arrays.stream(Occupancy.class.getRecordComponents())
                .map(each -> (Object) (each.getName().equals(part) ? count : 0))
                .toArray();
        return (Occupancy) Occupancy.class.getConstructors()[0].newInstance(counts);
    }

    @Test
    void noHaltRefusesAny() {
        Invariant halts = new ServiceInvariants.NoHalt();
        assertRefused(() -> halts.onHalted(R0, "diverged"), halts);
    }

    @Test
    void progressRefusesAnythingLeftOpen() {
        Invariant progress = new ServiceInvariants.Progress();
        progress.onEnd(new Observer.Ending(List.of(), ""));
        assertRefused(() -> progress.onEnd(new Observer.Ending(List.of(), "1 request")), progress);
    }
}
