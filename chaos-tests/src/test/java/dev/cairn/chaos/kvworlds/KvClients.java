package dev.cairn.chaos.kvworlds;

import dev.cairn.chaos.history.Call;
import dev.cairn.chaos.history.Change;
import dev.cairn.chaos.history.History;
import dev.cairn.chaos.history.Operation;
import dev.cairn.chaos.history.Outcome;
import dev.cairn.chaos.history.WatchStream;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.simulator.Clients;
import dev.cairn.simulator.World;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Clients of a store in a world: they write and read a few keys, and a watcher sits at each replica. Answers are worked
 * out afterwards, each from the state after the block that the replica answered from.
 */
final class KvClients implements Clients {
    private record Asked(int id, long micros, Operation operation) {}

    /** That a call was answered, from the state after {@code head}. */
    private record Told(Block head, long micros) {}

    private final KvStateMachine machine;
    private final KvChain chain;
    private final Wishes wishes;
    private final Map<RequestId, Asked> writes = new LinkedHashMap<>();
    private final Map<RequestId, Told> answers = new HashMap<>();
    private final Map<Long, Asked> reads = new LinkedHashMap<>();
    private final Map<Long, Told> released = new HashMap<>();
    private final Map<Asked, Told> serializableReads = new LinkedHashMap<>();

    /** What each replica stood at, one after the other. */
    private final Map<ReplicaId, List<Block>> heads = new TreeMap<>();

    private int calls;

    KvClients(World world, KvStateMachine machine) {
        this.machine = machine;
        this.chain = new KvChain(machine, Governance.OPEN);
        this.wishes = new Wishes(new SplittableRandom(world.seed()));
    }

    // What the world tells them.

    @Override
    public Bytes ask(RequestId request, long micros) {
        Asked asked = new Asked(calls, micros, wishes.write(calls));
        calls++;
        writes.put(request, asked);
        return OperationCodec.encode(List.of(KvCalls.request(asked.operation())));
    }

    @Override
    public void answered(RequestId request, Block by, long micros) {
        answers.putIfAbsent(request, new Told(by, micros));
    }

    /** With each reader who waits comes one who does not, and takes what the replica has. */
    @Override
    public void readAsked(long readId, ReplicaId replica, long micros) {
        reads.put(readId, new Asked(calls++, micros, wishes.read()));
        serializableReads.put(new Asked(calls++, micros, wishes.read()), new Told(head(replica), micros));
    }

    @Override
    public void readReleased(long readId, ReplicaId replica, long micros) {
        released.put(readId, new Told(head(replica), micros));
    }

    @Override
    public void started(ReplicaId replica, Block head, List<Block> blocks) {
        blocks.forEach(chain::add);
        committed(replica, head);
    }

    @Override
    public void committed(ReplicaId replica, Block block) {
        chain.add(block);
        heads.computeIfAbsent(replica, _ -> new ArrayList<>()).add(block);
    }

    private Block head(ReplicaId replica) {
        return Objects.requireNonNull(heads.get(replica)).getLast();
    }

    // What they saw.

    /** First of the watchers comes one of every revision, at the replica that got furthest: what it saw is the log. */
    History history() {
        List<Call> seen = new ArrayList<>();
        writes.forEach((request, asked) -> seen.add(call(asked, outcome(request))));
        reads.forEach((read, asked) -> {
            Told told = released.get(read);
            if (told != null) {
                seen.add(call(asked, found(asked.operation(), told)));
            }
        });
        List<Call> serializable = new ArrayList<>();
        serializableReads.forEach((asked, told) -> serializable.add(call(asked, found(asked.operation(), told))));
        List<WatchStream> watches = new ArrayList<>();
        heads.values().stream()
                .flatMap(List::stream)
                .max(Comparator.comparing(Block::height))
                .ifPresent(highest -> watches.add(watch("whoever comes last", List.of(highest))));
        heads.forEach((replica, stood) -> watches.add(watch("a watcher at " + replica, stood)));
        return new History(seen, serializable, watches);
    }

    private static Call call(Asked asked, Outcome outcome) {
        return new Call(asked.id(), nanos(asked.micros()), asked.operation(), outcome);
    }

    private Outcome outcome(RequestId request) {
        Told told = answers.get(request);
        return told == null
                ? new Outcome.Unknown()
                : KvCalls.answer(
                        Objects.requireNonNull(
                                chain.after(told.head()).results().get(request)),
                        nanos(told.micros()));
    }

    private Outcome found(Operation read, Told told) {
        KvState state = chain.after(told.head()).state();
        return KvCalls.answer(machine.range(state, KvCalls.read(read)), nanos(told.micros()));
    }

    /** Sees each height once: when its replica starts anew, it goes on from where it was. */
    private WatchStream watch(String watcher, List<Block> stood) {
        List<Change> changes = new ArrayList<>();
        Block last = stood.getFirst();
        Height seen = Height.GENESIS;
        for (Block head : stood) {
            for (Block block : chain.path(seen, head)) {
                chain.after(block).state().changes().forEach(event -> changes.add(KvCalls.change(event)));
                last = block;
                seen = block.height();
            }
        }
        long through = chain.after(last).state().revision();
        return new WatchStream(watcher, "", KvState.FIRST_REVISION + 1, through, changes);
    }

    private static long nanos(long micros) {
        return micros * 1000;
    }
}
