package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of old see of Cairn what they see of an etcd 3.4, where that exists: Debian's, which .ci/reference unpacks. */
class OldEtcdTest {
    private static final long SEQUENCES = 150;
    private static final int SIZE = 1000;
    private static final Pattern REFUSAL = Pattern.compile("[A-Z_]+: etcdserver: .*");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private ReferenceEtcd etcd;

    @SuppressWarnings("NullAway.Init")
    private CairnInProcess cairn;

    @SuppressWarnings("NullAway.Init")
    private Pair pair;

    @BeforeEach
    void start() throws Exception {
        Path binary = ReferenceEtcd.binary().resolveSibling("3.4").resolve("etcd");
        assumeThat(Files.isExecutable(binary)).as("skipped: no etcd 3.4 here").isTrue();
        etcd = new ReferenceEtcd(binary, directory.resolve("etcd"), List.of());
        cairn = new CairnInProcess(directory.resolve("cairn"), 1);
        pair = new Pair(new Endpoint("etcd 3.4", etcd.address()), new Endpoint("Cairn", cairn.address(0)));
        pair.reset();
    }

    @AfterEach
    void stop() {
        if (pair != null) {
            pair.close();
            cairn.close();
            etcd.close();
        }
    }

    @Test
    void keysAnswerAlike() {
        JqwikSession.run(() -> {
            RandomGenerator<List<Step>> generator = new Sequences().ofKeys().generator(SIZE);
            for (long seed = 1; seed <= SEQUENCES; seed++) {
                List<Step> steps = generator.next(new Random(seed)).value();
                if (steps.stream().allMatch(OldEtcdTest::isKnownOfOld)) {
                    pair.reset();
                    assertThat(pair.compare(steps).filter(OldEtcdTest::isOfAnswers))
                            .as("seed %d", seed)
                            .isEmpty();
                }
                JqwikSession.finishTry();
            }
        });
    }

    /** Of several errors in one transaction a 3.4 finds another first. */
    private static boolean isOfAnswers(Difference difference) {
        return !REFUSAL.matcher(difference.reference()).matches()
                || !REFUSAL.matcher(difference.cairn()).matches();
    }

    /** An odd enum ends a 3.4 for good. */
    private static boolean isKnownOfOld(Step step) {
        return !(step instanceof Step.StreamedRange)
                && !step.toString().contains("sort_order: 9")
                && !step.toString().contains("sort_target: 9");
    }

    /** Which 3.7 leaves out. */
    @Test
    void keysWithoutValuesHaveTheirLeases() {
        pair.agree(LeaseGrantRequest.newBuilder().setID(5).setTTL(100));
        pair.agree(Words.put("a", "1").setLease(5));
        RangeRequest keys = Words.get("a").setKeysOnly(true).build();
        for (Endpoint endpoint : List.of(pair.reference(), pair.cairn())) {
            RangeResponse response = KVGrpc.newBlockingStub(endpoint.channel()).range(keys);
            assertThat(response.getKvs(0).getLease()).as("%s", endpoint).isEqualTo(5);
        }
    }
}
