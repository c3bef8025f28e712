package dev.cairn.protocol.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuorumSystemTest {

    @ParameterizedTest
    @CsvSource({
        // n, f, quorum, weak quorum
        "1, 0, 1, 1",
        "2, 0, 2, 1",
        "3, 0, 2, 1",
        "4, 1, 3, 2",
        "5, 1, 4, 2",
        "6, 1, 4, 2",
        "7, 2, 5, 3",
        "8, 2, 6, 3",
        "9, 2, 6, 3",
        "10, 3, 7, 4",
        "13, 4, 9, 5",
        "31, 10, 21, 11",
    })
    void goldenTable(int n, int f, int quorum, int weak) {
        QuorumSystem system = new QuorumSystem(n);
        assertThat(system.f()).isEqualTo(f);
        assertThat(system.quorum()).isEqualTo(quorum);
        assertThat(system.weakQuorum()).isEqualTo(weak);
    }

    @Property
    void anyTwoQuorumsShareAnHonestReplicaAndOneExistsWithoutTheFaulty(@ForAll @IntRange(min = 1, max = 400) int n) {
        QuorumSystem system = new QuorumSystem(n);
        assertThat(2 * system.quorum() - n).as("overlap").isGreaterThan(system.f());
        assertThat(system.quorum()).isLessThanOrEqualTo(n - system.f());
    }

    @Property
    void everyReplicaBecomesPrimaryInTurn(@ForAll @IntRange(min = 1, max = 40) int n) {
        QuorumSystem system = new QuorumSystem(n);
        for (int view = 0; view < 2 * n; view++) {
            assertThat(system.primary(new View(view))).isEqualTo(new ReplicaId(view % n));
        }
    }
}
