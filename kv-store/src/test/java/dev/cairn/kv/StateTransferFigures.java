package dev.cairn.kv;

import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.StateMachine.Incoming;
import dev.cairn.protocol.StateMachine.Verdict;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How long it takes to cut, check and adopt a state of 100,000 keys of 256 bytes:
 *
 * <pre>mvn -q -pl kv-store -am test -Dtest=StateTransferFigures -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class StateTransferFigures {
    private static final int KEYS = 100_000;
    private static final int KEYS_PER_BLOCK = 500;
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int TURNS = 5;

    @Test
    void print() {
        try (TestMachine source = new TestMachine()) {
            source.openSession();
            fill(source);
            KvState state = source.committed();
            source.machine().pin(state);
            for (int turn = 1; turn <= TURNS; turn++) {
                System.out.println("turn " + turn + ": " + transfer(source, state));
            }
        }
    }

    private static void fill(TestMachine source) {
        Random random = new Random(1);
        for (int next = 0; next < KEYS; next += KEYS_PER_BLOCK) {
            List<Request> block = new ArrayList<>();
            for (int key = next; key < next + KEYS_PER_BLOCK; key++) {
                byte[] value = new byte[256];
                random.nextBytes(value);
                Bytes name = Bytes.utf8("/registry/pods/default/%08d".formatted(key));
                block.add(source.request(new Operation.Put(name, Bytes.wrap(value), 0, false, false, false)));
            }
            source.run(block.toArray(Request[]::new));
        }
    }

    private static String transfer(TestMachine source, KvState state) {
        long cutting = 0;
        long adding = 0;
        long bytes = 0;
        int chunks = 0;
        try (TestMachine target = new TestMachine()) {
            long completing;
            try (Incoming incoming = target.machine().receive(TestMachine.header(state))) {
                Optional<Bytes> from = Optional.of(Bytes.EMPTY);
                while (from.isPresent()) {
                    long start = System.nanoTime();
                    Bytes chunk = source.machine().chunk(state, from.get(), Optional.empty(), CHUNK_BYTES);
                    long cut = System.nanoTime();
                    Verdict verdict = incoming.add(from.get(), chunk);
                    adding += System.nanoTime() - cut;
                    cutting += cut - start;
                    chunks++;
                    bytes += chunk.size();
                    from = ((Verdict.Accepted) verdict).next();
                }
                long start = System.nanoTime();
                if (!incoming.complete()) {
                    throw new AssertionError("not the state that was sent");
                }
                completing = System.nanoTime() - start;
            }
            long start = System.nanoTime();
            target.machine().adopt(TestMachine.header(state));
            long adopting = System.nanoTime() - start;
            return "%d chunks of %d bytes; cut %d ms, checked and stored %d ms, completed %d ms, adopted %d ms"
                    .formatted(
                            chunks,
                            bytes / chunks,
                            millis(cutting),
                            millis(adding),
                            millis(completing),
                            millis(adopting));
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
