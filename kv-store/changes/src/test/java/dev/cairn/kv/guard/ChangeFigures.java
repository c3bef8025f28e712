package dev.cairn.kv.guard;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.TestKey;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What it costs, in processor time, to read, verify and decide on a change of ten keys with two signatures, beside ten thousand guards:
 *
 * <pre>mvn -q -pl kv-store/changes -am test -Dtest=ChangeFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class ChangeFigures {
    private static final int GUARDS = 10_000;
    private static final int WARM_UP = 2_000;
    private static final int MEASURED = 1_000;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final long NOW = 1_000_000;
    private static final Digest CHAIN = Digest.parse("ab".repeat(32));

    @Test
    void print() throws Exception {
        for (KeyKind kind : KeyKind.values()) {
            Round round = new Round(kind);
            for (int i = 0; i < WARM_UP; i++) {
                round.run();
            }
            long start = CPU.getCurrentThreadCpuTime();
            for (int i = 0; i < MEASURED; i++) {
                round.run();
            }
            System.out.printf(
                    "%-36s %4d µs%n", kind.keyName(), (CPU.getCurrentThreadCpuTime() - start) / MEASURED / 1000);
        }
    }

    /** One change, from the bytes that arrive to the decision. The registry holds the keys, checked. */
    private static final class Round {
        private final Bytes text;
        private final Bytes approval;
        private final Bytes authors;
        private final Bytes approvers;
        private final SshPublicKey authorsKey;
        private final SshPublicKey approversKey;
        private final Decider decider;

        Round(KeyKind kind) throws Exception {
            List<ChangeOperation> operations = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                operations.add(new ChangeOperation.Delete(Bytes.utf8("prefix/%05d/key".formatted(i * 997))));
            }
            Change change = new Change(
                    CHAIN, 5, NOW - 60, NOW + 600, new PrincipalName("alice"), "Clean up", List.of(), operations);
            text = change.text();
            approval = new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, change.digest()).text();
            TestKey alice = TestKey.of(kind, 1);
            TestKey bob = TestKey.of(kind, 2);
            authors = alice.sign(Purpose.CHANGE.namespace(), text);
            approvers = bob.sign(Purpose.APPROVE.namespace(), approval);
            authorsKey = alice.publicKey();
            approversKey = bob.publicKey();
            decider = new Decider(
                    CHAIN,
                    new Governance(
                            new Registry(List.of(person("alice", authorsKey), person("bob", approversKey))),
                            guards(),
                            Optional.empty(),
                            Set.of(),
                            0));
        }

        private static Principal person(String name, SshPublicKey key) {
            Lifetime always = Lifetime.between(0, 2 * NOW);
            return new Principal(
                    new PrincipalName(name),
                    Principal.Kind.PERSON,
                    new TreeSet<>(Set.of(new Role("ops"))),
                    List.of(new Principal.HeldKey(key, always)),
                    always);
        }

        private static GuardTable guards() {
            List<Guard> guards = new ArrayList<>();
            for (int i = 0; i < GUARDS; i++) {
                guards.add(new Guard(
                        new Scope.OfPrefix(Bytes.utf8("prefix/%05d/".formatted(i))),
                        2,
                        new TreeSet<>(),
                        new TreeSet<>(Set.of(new Role("ops"))),
                        false,
                        EnumSet.allOf(KeyKind.class),
                        3600));
            }
            return new GuardTable(Optional.empty(), guards, List.of());
        }

        void run() throws Exception {
            var author = SshSignature.parse(authors).verify(authorsKey, Purpose.CHANGE.namespace(), text);
            var approver = SshSignature.parse(approvers).verify(approversKey, Purpose.APPROVE.namespace(), approval);
            Decision decision = decider.decide(ChangeText.parse(text), List.of(author, approver), NOW);
            if (!(decision instanceof Decision.Admitted)) {
                throw new IllegalStateException("refused: " + decision);
            }
        }
    }
}
