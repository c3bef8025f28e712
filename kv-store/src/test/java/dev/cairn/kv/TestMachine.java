package dev.cairn.kv;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A state machine in a directory of its own, driven block by block. */
public final class TestMachine implements AutoCloseable {
    public static final Digest CHAIN = new Digest(1, 2, 3, 4);

    /** The store looks at states, not at blocks: any will do. */
    public static final Block ANY_BLOCK = TestBlocks.ANY;

    private static final long SESSION = 7;

    private final Path parent;
    private final List<KvState> unpersisted = new ArrayList<>();
    private KvStateMachine machine;
    private long sequence;

    public TestMachine() {
        try {
            parent = Files.createTempDirectory("cairn-kv");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        machine = open();
    }

    private KvStateMachine open() {
        return KvStateMachine.open(directory(), CHAIN, Governance.OPEN, Limits.DEFAULT);
    }

    public Path directory() {
        return parent.resolve("state");
    }

    public KvStateMachine machine() {
        return machine;
    }

    public KvState committed() {
        return machine.committed();
    }

    public KvStateMachine reopen() {
        persist();
        machine.close();
        machine = open();
        return machine;
    }

    /** Requests of the one client that this machine knows. */
    public Request request(Operation... operations) {
        return new Request(
                new RequestId(new ClientId(0), SESSION, sequence++),
                OperationCodec.encode(List.of(operations)),
                new Signature(Bytes.EMPTY));
    }

    /** Opens the session that all requests use. */
    public KvState openSession() {
        return run(request(new Operation.OpenSession(0)));
    }

    public KvState run(Request... requests) {
        KvState state = commit(List.of(requests));
        persist();
        return state;
    }

    public KvState run(Operation... operations) {
        return run(request(operations));
    }

    /** Executes a block and commits it; it is on disk after {@link #persist}. */
    public KvState commit(List<Request> requests) {
        KvState parentState = machine.committed();
        KvState state = machine.execute(
                parentState,
                new Proposal(parentState.height().next(), parentState.height().value() + 1, requests));
        machine.commit(state, TestBlocks.ANY);
        unpersisted.add(state);
        return state;
    }

    public void persist() {
        unpersisted.forEach(state -> machine.persist(state, TestBlocks.ANY));
        unpersisted.clear();
    }

    /** A header that certifies this state. */
    public static Header header(KvState state) {
        Header any = TestBlocks.ANY.header();
        return new Header(
                any.formatVersion(),
                CHAIN,
                any.epoch(),
                state.height(),
                any.parent(),
                any.timeNanos(),
                any.requestsRoot(),
                state.roots(),
                any.historyRoot(),
                any.validators(),
                any.nextValidators(),
                any.parameters(),
                any.applicationVersion());
    }

    @Override
    public void close() {
        machine.close();
        try (Stream<Path> all = Files.walk(parent)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
