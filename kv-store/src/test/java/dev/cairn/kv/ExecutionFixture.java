package dev.cairn.kv;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A state machine for each test and each try, and what drives it block by block. */
abstract class ExecutionFixture {
    static final Digest CHAIN = new Digest(1, 2, 3, 4);

    Path directory;
    KvStateMachine machine;
    long sequence;

    /** jqwik makes one instance for all tries of a property, so each try starts with a store of its own here. */
    @BeforeTry
    @BeforeEach
    void setUp() throws IOException {
        directory = Files.createTempDirectory("cairn-kv");
        machine = KvStateMachine.open(directory, CHAIN, founding(), Limits.DEFAULT);
        sequence = 0;
        run(List.of(new Operation.OpenSession(0)));
    }

    Governance founding() {
        return Governance.OPEN;
    }

    @AfterTry
    @AfterEach
    void cleanUp() throws IOException {
        machine.close();
        deleteTree();
    }

    Request request(List<Operation> operations) {
        return new Request(
                new RequestId(new ClientId(0), 7, sequence++),
                OperationCodec.encode(operations),
                new Signature(Bytes.EMPTY));
    }

    KvState execute(Request... requests) {
        KvState parent = machine.committed();
        return machine.execute(
                parent, new Proposal(parent.height().next(), parent.height().value() + 1, List.of(requests)));
    }

    void commit(KvState state) {
        machine.commit(state, TestBlocks.ANY);
        machine.persist(state, TestBlocks.ANY);
    }

    List<Outcome> run(List<Operation> operations) {
        KvState state = execute(request(operations));
        commit(state);
        return ((RequestOutcome.Executed) state.results().getFirst()).outcomes();
    }

    Outcome run(Operation operation) {
        return run(List.of(operation)).getFirst();
    }

    static Operation.Put put(String key, String value) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, true, false, false);
    }

    static Operation.Range get(Bytes key, Bytes end, long revision) {
        return new Operation.Range(
                key, end, 0, revision, Operation.SortOrder.NONE, Operation.SortTarget.KEY, false, false, 0, 0, 0, 0);
    }

    void deleteTree() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
