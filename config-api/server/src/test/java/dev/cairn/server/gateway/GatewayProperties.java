package dev.cairn.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever the log does with requests, each call is answered once, truly, and executed at most once. */
class GatewayProperties {
    private static final ClientId SELF = new ClientId(2);
    private static final long HEIGHT = 17;
    private static final Gateway.Limits LIMITS = new Gateway.Limits(3, 2, 5, 40, 12, 200, 50);

    private final FakeConsensus consensus = new FakeConsensus();
    private final ArrayDeque<Runnable> answering = new ArrayDeque<>();
    private final Map<String, List<String>> answers = new HashMap<>();
    private final Set<String> executed = new HashSet<>();
    private final Set<String> loners = new HashSet<>();
    private final Set<Long> openSessions = new HashSet<>();
    private long now;
    private long lastSession;
    private int names;
    private final Gateway gateway =
            new Gateway(SELF, consensus, () -> ++lastSession, () -> HEIGHT, answering::add, () -> now, LIMITS);

    @Property(tries = 500)
    void everyCallIsAnsweredOnceAndExecutedAtMostOnce(@ForAll Random random) {
        gateway.start();
        for (int step = 0; step < 300; step++) {
            consensus.full = random.nextInt(20) == 0;
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4 -> submit(1 + random.nextInt(15), random.nextInt(20) == 0);
                case 5, 6 -> commit(random);
                case 7, 8 -> answer(random.nextInt(4));
                case 9 -> {
                    if (random.nextInt(5) == 0 && !consensus.requests.isEmpty()) {
                        gateway.refused(take(random).id());
                    }
                }
                case 10 -> {
                    if (random.nextInt(10) == 0) {
                        openSessions.clear();
                    }
                }
                default -> {
                    now += random.nextInt(10);
                    gateway.expire();
                }
            }
            // One more where a session is opened while requests of the last one are still on their way.
            assertThat(gateway.outstandingRequests())
                    .isLessThanOrEqualTo(LIMITS.outstanding() + LIMITS.outstandingAlone() + 1);
        }
        consensus.full = false;
        settle(random);
        assertThat(answers).hasSize(names);
        answers.forEach((name, told) -> {
            assertThat(told).as(name).hasSize(1);
            assertThat(told.getFirst()).isIn("did " + name, "TOO_MANY_REQUESTS", "TIMED_OUT");
        });
    }

    @Property(tries = 100)
    void withoutRefusalsNoCallIsLost(@ForAll Random random) {
        gateway.start();
        for (int step = 0; step < 100; step++) {
            assertThat(gateway.waitingCalls()).isLessThanOrEqualTo(LIMITS.waitingCalls());
            if (gateway.waitingCalls() < LIMITS.waitingCalls()) {
                submit(1 + random.nextInt(10), false);
            }
            commit(random);
            answer(1);
        }
        settle(random);
        answers.forEach((name, told) -> assertThat(told).containsExactly("did " + name));
        assertThat(executed).hasSize(names);
    }

    @Example
    void sendsAtOnceWhenIdleAndTogetherUnderLoad() {
        Random random = new Random(0);
        gateway.start();
        commit(random);
        answer(1);
        for (int i = 0; i < 8; i++) {
            submit(1, false);
        }
        assertThat(consensus.requests).extracting(GatewayProperties::size).containsExactly(1, 1, 2);
        commit(random);
        answer(1);
        assertThat(consensus.requests).extracting(GatewayProperties::size).endsWith(4);
    }

    @Example
    void refusesBeyondItsBounds() {
        for (int i = 0; i < LIMITS.waitingCalls() + 1; i++) {
            submit(1, false);
        }
        assertThat(answers.get("op12")).containsExactly("TOO_MANY_REQUESTS");
        gateway.stop();
        answers.forEach((name, told) -> assertThat(told).hasSize(1));
        submit(1, false);
        assertThat(answers.get("op13")).containsExactly("STOPPED");
    }

    private void settle(Random random) {
        while (!consensus.requests.isEmpty() || !answering.isEmpty() || gateway.waitingCalls() > 0) {
            commit(random);
            answer(1);
            gateway.expire();
        }
    }

    private void submit(int bytes, boolean abandoned) {
        String name = "op" + names++;
        boolean alone = bytes % 5 == 0;
        if (alone) {
            loners.add(name);
        }
        gateway.submit(new Call() {
            @Override
            public boolean travelsAlone() {
                return alone;
            }

            @Override
            public Operation operation() {
                return new Operation.DeleteRange(Bytes.utf8(name), Bytes.EMPTY, false);
            }

            @Override
            public int sizeBytes() {
                return bytes;
            }

            @Override
            public boolean isAbandoned() {
                if (abandoned) {
                    answers.put(name, List.of("TIMED_OUT"));
                }
                return abandoned;
            }

            @Override
            public void completed(Outcome outcome) {
                answers.computeIfAbsent(name, n -> new ArrayList<>()).add("did op" + outcome.revision());
            }

            @Override
            public void refused(Refusal why) {
                if (!abandoned || !answers.containsKey(name)) {
                    answers.computeIfAbsent(name, n -> new ArrayList<>()).add(why.name());
                }
            }
        });
    }

    private Request take(Random random) {
        return consensus.requests.remove(random.nextInt(consensus.requests.size()));
    }

    private void commit(Random random) {
        if (consensus.requests.isEmpty()) {
            return;
        }
        Request request = take(random);
        assertThat(gateway.awaits(request.id())).isTrue();
        List<String> together = namesIn(request);
        if (together.stream().anyMatch(loners::contains)) {
            assertThat(together).hasSize(1);
        }
        gateway.committed(request.id(), execute(request));
        gateway.committed(request.id(), new RequestOutcome.Refused(KvError.DUPLICATE_REQUEST));
    }

    /** The outcome of deleting "op7" has revision 7. */
    private RequestOutcome execute(Request request) {
        List<Operation> operations = OperationCodec.decode(request.operations()).orElseThrow();
        if (operations.getFirst() instanceof Operation.OpenSession(long seenHeight)) {
            assertThat(operations).hasSize(1);
            assertThat(seenHeight).isEqualTo(HEIGHT);
            openSessions.add(request.id().session());
            return new RequestOutcome.Executed(List.of(new Outcome.SessionOpened(1)));
        }
        if (!openSessions.contains(request.id().session())) {
            return new RequestOutcome.Refused(KvError.NO_SESSION);
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Operation operation : operations) {
            String name = ((Operation.DeleteRange) operation).key().toUtf8();
            assertThat(executed.add(name)).isTrue();
            outcomes.add(new Outcome.Deleted(Long.parseLong(name.substring(2)), 0, List.of()));
        }
        return new RequestOutcome.Executed(outcomes);
    }

    private void answer(int tasks) {
        for (int i = 0; i < tasks && !answering.isEmpty(); i++) {
            answering.remove().run();
        }
    }

    private static List<String> namesIn(Request request) {
        return OperationCodec.decode(request.operations()).orElseThrow().stream()
                .filter(Operation.DeleteRange.class::isInstance)
                .map(operation -> ((Operation.DeleteRange) operation).key().toUtf8())
                .toList();
    }

    private static int size(Request request) {
        return OperationCodec.decode(request.operations()).orElseThrow().size();
    }
}
