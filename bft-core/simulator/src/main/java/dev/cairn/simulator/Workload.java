package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** The clients: what they asked of which replica, what they were told, and what they still wait for. */
final class Workload {
    private record PendingRead(SimReplica reader, Height mustSee, Optional<Digest> challenge) {}

    private final List<SimReplica> replicas;
    private final Clients clients;
    private final Agenda agenda;
    private final SplittableRandom random;
    private final Checker checker;
    private final Counters counters;
    private final Map<RequestId, Request> requests = new LinkedHashMap<>();
    private final Map<Long, PendingRead> reads = new LinkedHashMap<>();
    private Height acknowledged = Height.GENESIS;
    private long nextSequence;
    private long nextRead;

    Workload(
            List<SimReplica> replicas,
            Clients clients,
            Agenda agenda,
            SplittableRandom random,
            Checker checker,
            Counters counters) {
        this.replicas = replicas;
        this.clients = clients;
        this.agenda = agenda;
        this.random = random;
        this.checker = checker;
        this.counters = counters;
    }

    /** Spreads requests, and a quarter as many reads, over the given time. */
    void plan(int count, long withinMicros) {
        for (int i = 0; i < count; i++) {
            agenda.at(random.nextLong(withinMicros), this::submit);
        }
        for (int i = 0; i < count / 4; i++) {
            agenda.at(random.nextLong(withinMicros), this::read);
        }
    }

    private void submit() {
        SimReplica gateway = anyReplica();
        if (!gateway.isUp()) {
            return;
        }
        RequestId id = new RequestId(new ClientId(gateway.id.index()), gateway.session(), nextSequence++);
        Bytes operations = clients.ask(id, agenda.nowMicros());
        Request unsigned = new Request(id, operations, new Signature(Bytes.EMPTY));
        Request request = new Request(id, operations, SimCrypto.sign(unsigned));
        requests.put(id, request);
        checker.tell(observer -> observer.onSubmitted(request));
        gateway.step(new Event.Submitted(request));
    }

    private void read() {
        SimReplica reader = anyReplica();
        if (reader.isUp() && reader.isHonest()) {
            long id = nextRead++;
            Optional<Digest> challenge = id % 2 == 0 ? Optional.empty() : Optional.of(challenge(id));
            reads.put(id, new PendingRead(reader, acknowledged, challenge));
            clients.readAsked(id, reader.id, agenda.nowMicros());
            reader.step(new Event.ReadRequested(id, challenge));
        }
    }

    private static Digest challenge(long readId) {
        return new Digest(readId, readId, readId, readId);
    }

    private SimReplica anyReplica() {
        return replicas.get(random.nextInt(replicas.size()));
    }

    // What replicas answer.

    void onCommitted(SimReplica replica, Block block) {
        clients.committed(replica.id, block);
        block.requests().stream()
                .map(Request::id)
                .filter(request -> isAskedAt(replica, request))
                .forEach(request -> clients.answered(request, block, agenda.nowMicros()));
        boolean isAnswer = block.requests().stream()
                .anyMatch(request -> request.id().client().number() == replica.id.index());
        if (isAnswer) {
            checker.tell(observer -> observer.onAnswered(replica.id, block));
            if (block.height().isAbove(acknowledged)) {
                acknowledged = block.height();
            }
        }
    }

    void onReleased(SimReplica replica, Effect.ReadReady released) {
        PendingRead read = reads.remove(released.readId());
        if (read != null) {
            counters.count("read released");
            clients.readReleased(released.readId(), replica.id, agenda.nowMicros());
            checker.tell(observer -> observer.onRead(replica.id, replica.committedHeight(), read.mustSee()));
            read.challenge().ifPresent(challenge -> {
                counters.count("testimony given");
                checker.tell(observer -> observer.onTestimony(replica.id, challenge, released.testimony()));
            });
        }
    }

    void onRefused(Request request) {
        requests.remove(request.id());
    }

    /** Whoever waited there for a read has lost its connection. */
    void onCrashed(SimReplica replica) {
        reads.values().removeIf(read -> read.reader() == replica);
    }

    // What is owed.

    /** The greatest height of which a client was told. */
    Height acknowledged() {
        return acknowledged;
    }

    int openReads() {
        return reads.size();
    }

    /** Requests that {@code replica} should have executed and has not. */
    long missingAt(SimReplica replica) {
        return requests.keySet().stream()
                .filter(request -> isOwed(request) && !replica.hasExecuted(request))
                .count();
    }

    /** What a gateway took and then crashed, or lied about, may be lost: nobody was told that it was done. */
    private boolean isOwed(RequestId request) {
        SimReplica gateway = replicas.get(request.client().number());
        return gateway.isSound() && isAskedAt(gateway, request);
    }

    /** Whether its client is still connected to the process that it asked. */
    private static boolean isAskedAt(SimReplica replica, RequestId request) {
        return replica.id.index() == request.client().number() && replica.session() == request.session();
    }
}
