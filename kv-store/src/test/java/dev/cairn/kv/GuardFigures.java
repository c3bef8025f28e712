package dev.cairn.kv;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.Role;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.ssh.KeyKind;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ten thousand guards add to the processor time in which a block of puts to an open prefix is executed. Both stores execute
 * the same blocks, in turn:
 *
 * <pre>mvn -q -pl kv-store -am test -Dtest=GuardFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class GuardFigures {
    private static final int GUARDS = 10_000;
    private static final int WARM_UP = 2_000;
    private static final int BLOCKS = 4_000;
    private static final int PUTS = 100;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final Digest CHAIN = new Digest(1, 2, 3, 4);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void print() {
        try (KvStateMachine plain = open("plain", Governance.OPEN);
                KvStateMachine guarded = open("guarded", guarded())) {
            KvState plainState = opened(plain);
            KvState guardedState = opened(guarded);
            long[] plainNanos = new long[BLOCKS];
            long[] guardedNanos = new long[BLOCKS];
            for (int i = 0; i < WARM_UP + BLOCKS; i++) {
                Request request = puts(i);
                long start = CPU.getCurrentThreadCpuTime();
                run(plain, plainState, request);
                long middle = CPU.getCurrentThreadCpuTime();
                run(guarded, guardedState, request);
                long end = CPU.getCurrentThreadCpuTime();
                if (i >= WARM_UP) {
                    plainNanos[i - WARM_UP] = middle - start;
                    guardedNanos[i - WARM_UP] = end - middle;
                }
            }
            Arrays.sort(plainNanos);
            Arrays.sort(guardedNanos);
            double before = plainNanos[BLOCKS / 2] / (double) PUTS;
            double after = guardedNanos[BLOCKS / 2] / (double) PUTS;
            System.out.printf(
                    "a put takes %.0f ns, and %.0f ns beside %d guards: %+.1f %%%n",
                    before, after, GUARDS, 100 * (after - before) / before);
        }
    }

    private KvStateMachine open(String name, Governance governance) {
        return KvStateMachine.open(directory.resolve(name), CHAIN, governance, Limits.DEFAULT);
    }

    private static KvState opened(KvStateMachine machine) {
        return run(machine, machine.committed(), request(0, List.of(new Operation.OpenSession(0))));
    }

    /** On the same parent each time: the store stays as it is. */
    private static KvState run(KvStateMachine machine, KvState parent, Request request) {
        Height height = parent.height().next();
        return machine.execute(parent, new Proposal(height, height.value(), List.of(request)));
    }

    private static Request puts(int block) {
        return request(
                1 + block,
                IntStream.range(0, PUTS)
                        .<Operation>mapToObj(i -> new Operation.Put(
                                Bytes.utf8("open/key/%05d".formatted((block * 7919 + i * 104_729) % 100_000)),
                                Bytes.utf8("v".repeat(256)),
                                0,
                                false,
                                false,
                                false))
                        .toList());
    }

    private static Request request(long sequence, List<Operation> operations) {
        return new Request(
                new RequestId(new ClientId(0), 7, sequence % 1000),
                OperationCodec.encode(operations),
                new Signature(Bytes.EMPTY));
    }

    private static Governance guarded() {
        List<Guard> guards = new ArrayList<>();
        for (int i = 0; i < GUARDS; i++) {
            guards.add(guard(new Scope.OfPrefix(Bytes.utf8("prefix/%05d/".formatted(i)))));
        }
        return new Governance(
                new Registry(List.of()),
                new GuardTable(Optional.of(guard(Scope.REGISTRY)), guards, List.of(Bytes.utf8("open/"))),
                Optional.empty(),
                Set.of(),
                0);
    }

    private static Guard guard(Scope scope) {
        return new Guard(
                scope,
                1,
                new TreeSet<>(),
                new TreeSet<>(Set.of(new Role("ops"))),
                false,
                EnumSet.allOf(KeyKind.class),
                3600);
    }
}
