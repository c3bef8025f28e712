package dev.cairn.kv.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.KvState;
import dev.cairn.kv.TestMachine;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.StateMachine.Incoming;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The steps from one state to another, cut at each. */
class AdoptionTest {
    private static final Bytes KEY = Bytes.utf8("key");

    private TestMachine source;
    private TestMachine target;
    private KvState fetched;
    private Digest oldRoot;

    @BeforeEach
    void setUp() {
        source = new TestMachine();
        source.openSession();
        fetched = source.run(put("new"));
        source.machine().pin(fetched);
        target = new TestMachine();
        target.openSession();
        oldRoot = target.run(put("old")).roots().stateRoot();
        try (Incoming incoming = target.machine().receive(header())) {
            incoming.add(Bytes.EMPTY, source.machine().chunk(fetched, Bytes.EMPTY, Optional.empty(), 10_000));
            assertThat(incoming.complete()).isTrue();
        }
    }

    @AfterEach
    void cleanUp() {
        source.close();
        target.close();
    }

    private static Operation put(String value) {
        return new Operation.Put(KEY, Bytes.utf8(value), 0, false, false, false);
    }

    private Header header() {
        return TestMachine.header(fetched);
    }

    private Directories directories() {
        return new Directories(target.directory());
    }

    private Digest rootAfterRestart() {
        return target.reopen().committed().roots().stateRoot();
    }

    private Digest newRoot() {
        return fetched.roots().stateRoot();
    }

    @Test
    void beforeTheDecisionTheOldStateStaysAndCanBeReplacedYet() {
        assertThat(rootAfterRestart()).isEqualTo(oldRoot);
        assertThat(target.machine().adopt(header())).isTrue();
        assertThat(target.committed().roots().stateRoot()).isEqualTo(newRoot());
        assertThat(rootAfterRestart()).isEqualTo(newRoot());
        assertThat(target.machine().adopt(header())).as("once is enough").isFalse();
    }

    @Test
    void afterTheDecisionTheNewStateIsTheOneHoweverFarTheOldOnesRemovalCame() throws IOException {
        target.machine().close();
        directories().decide(header().digest());
        List<Path> files;
        try (Stream<Path> all = Files.list(target.directory())) {
            files = all.toList();
        }
        for (Path file : files.subList(0, files.size() / 2)) {
            Files.delete(file);
        }
        assertThat(rootAfterRestart()).isEqualTo(newRoot());
    }

    @Test
    void withTheOldStateGoneTheNewOneTakesItsPlace() throws IOException {
        target.machine().close();
        directories().decide(header().digest());
        try (Stream<Path> files = Files.list(target.directory())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(target.directory());
        assertThat(rootAfterRestart()).isEqualTo(newRoot());
    }

    @Test
    void aStateThatIsHalfCollectedIsNotAdopted() {
        target.machine()
                .receive(header())
                .add(Bytes.EMPTY, source.machine().chunk(fetched, Bytes.EMPTY, Optional.empty(), 1));
        assertThat(rootAfterRestart()).isEqualTo(oldRoot);
        assertThat(target.machine().adopt(header())).isFalse();
    }

    /** A server goes on reading while its replica starts again. */
    @Test
    void whoReadsMeanwhileReadsOneOrTheOther() throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger reads = new AtomicInteger();
        Operation.Range range = Operation.Range.all(Bytes.wrap(new byte[] {0}), Bytes.wrap(new byte[] {0}));
        Thread reader = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                target.machine().range(range);
                target.machine().history(_ -> true, 2, 9, 9);
                reads.incrementAndGet();
            }
        });
        reader.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        reader.start();
        awaitMore(reads, reader);
        assertThat(target.machine().adopt(header())).isTrue();
        awaitMore(reads, reader);
        reader.interrupt();
        reader.join();
        assertThat(failure.get()).isNull();
    }

    private static void awaitMore(AtomicInteger reads, Thread reader) {
        int before = reads.get();
        while (reads.get() < before + 100 && reader.isAlive()) {
            Thread.onSpinWait();
        }
    }
}
