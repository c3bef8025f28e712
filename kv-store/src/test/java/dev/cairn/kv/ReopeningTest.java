package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.store.KvStore;
import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a state machine finds on its disk when it is opened again. */
class ReopeningTest extends ExecutionFixture {
    @Test
    void aBlockThatWasNotPersistedIsGoneAfterReopeningAndTheRootIsTheEarlierOne() {
        run(put("a", "1"));
        Digest root = machine.committed().roots().stateRoot();
        machine.commit(execute(request(List.of(put("a", "2")))), TestBlocks.ANY);
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT);
        assertThat(machine.committed().roots().stateRoot()).isEqualTo(root);
    }

    @Test
    void aDirectoryOfAnotherChainIsRefused() {
        machine.close();
        assertThatThrownBy(() -> KvStore.open(directory, new Digest(9, 9, 9, 9)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another cluster");
        machine = KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT);
    }

    @Test
    void aDirectoryInUseIsRefused() {
        assertThatThrownBy(() -> KvStore.open(directory, CHAIN))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("in use");
    }

    @Test
    void aDamagedStateIsRefusedWithItsRemedy() throws IOException {
        writeTables();
        for (Path table : tables()) {
            damage(table);
        }
        assertThatThrownBy(() -> KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("it is rebuilt from the log")
                .hasMessageNotContaining("in use");
        deleteTree();
        machine = KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT);
    }

    /** The largest table is that of the versions, which a start does not read. */
    @Test
    void damageThatIsFoundWhenOldVersionsAreRemovedEndsThePersisting() throws IOException {
        long revision = writeTables();
        damage(tables().getLast());
        machine = KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT);
        run(new Operation.Compact(revision, false));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        assertThatThrownBy(() -> {
                    while (System.nanoTime() < end) {
                        run(put("a", "until it is found"));
                    }
                })
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("it is rebuilt from the log");
    }

    /** Leaves the machine closed and its data in tables, and returns the last revision. */
    private long writeTables() {
        byte[] incompressible = new byte[200];
        new Random(1).nextBytes(incompressible);
        Bytes value = Bytes.wrap(incompressible);
        for (int i = 0; i < 500; i++) {
            run(new Operation.Put(Bytes.utf8("key " + i), value, 0, false, false, false));
        }
        long revision = machine.committed().revision();
        machine.close();
        KvStateMachine.open(directory, CHAIN, Governance.OPEN, Limits.DEFAULT)
                .close(); // it makes tables of what it finds in its log
        return revision;
    }

    /** The largest last. */
    private List<Path> tables() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .sorted(Comparator.comparingLong(file -> file.toFile().length()))
                    .toList();
        }
    }

    private static void damage(Path table) throws IOException {
        byte[] bytes = Files.readAllBytes(table);
        for (int i = 0; i < bytes.length / 2; i++) {
            bytes[i] ^= 0x55;
        }
        Files.write(table, bytes);
    }
}
