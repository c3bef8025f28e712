package dev.cairn.kv.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.WriteText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.TestKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the audit finds in signed writes of a store that has done what it must not: each time one thing is wrong. */
class WritesAreTheirSignersTest {
    private static final Digest CHAIN = new Digest(1, 2, 3, 4);
    private static final long NOW = 1_000_000_000_000L;
    private static final TestKey KEY = TestKey.of(KeyKind.ED25519, 11);
    private static final Governance GOVERNANCE = governance(Lifetime.ALWAYS);

    private final WritesAreTheirSigners rule = new WritesAreTheirSigners(CHAIN);

    private static Governance governance(Lifetime ofKey) {
        try {
            PrincipalName web1 = new PrincipalName("web1");
            Principal node = new Principal(
                    web1,
                    Principal.Kind.NODE,
                    new TreeSet<>(),
                    List.of(new Principal.HeldKey(KEY.publicKey(), ofKey)),
                    Lifetime.ALWAYS);
            Guard guard = new Guard(
                    new Scope.OfPrefix(Bytes.utf8("nodes/web1/")),
                    1,
                    new TreeSet<>(List.of(web1)),
                    new TreeSet<>(),
                    false,
                    EnumSet.allOf(KeyKind.class),
                    600);
            return new Governance(
                    new Registry(List.of(node)),
                    new GuardTable(Optional.empty(), List.of(guard), List.of()),
                    Optional.empty(),
                    EnumSet.noneOf(Right.class),
                    0);
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Operation.SignedWrite write(long micros, String key, String value) {
        Operation put = new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false);
        return new Operation.SignedWrite(
                micros,
                put,
                KEY.sign(WriteText.NAMESPACE, WriteText.of(CHAIN, micros, put).text()));
    }

    private static List<KeyEvent> wrote(String key, String value) {
        Bytes treeKey = Space.CLIENTS.treeKey(Bytes.utf8(key));
        return List.of(
                new KeyEvent(KeyVersion.put(treeKey, 2, 0, 2, 1, 0, Value.of(Bytes.utf8(value))), Optional.empty()));
    }

    private static List<KeyEvent> deleted(String key) {
        return List.of(
                new KeyEvent(KeyVersion.tombstone(Space.CLIENTS.treeKey(Bytes.utf8(key)), 2, 0), Optional.empty()));
    }

    private void finds(String fault, Governance governance, Operation.SignedWrite write, List<KeyEvent> writes) {
        assertThat(rule.broken(governance, NOW, write, writes).orElse("")).contains(fault);
    }

    @Test
    void nothingInWhatWasSigned() {
        assertThat(rule.broken(GOVERNANCE, NOW, write(NOW, "nodes/web1/a", "1"), wrote("nodes/web1/a", "1")))
                .isEmpty();
        Operation all = new Operation.DeleteRange(Bytes.utf8("nodes/web1/"), Bytes.utf8("nodes/web10"), false);
        Operation.SignedWrite delete = new Operation.SignedWrite(
                NOW + 1,
                all,
                KEY.sign(WriteText.NAMESPACE, WriteText.of(CHAIN, NOW + 1, all).text()));
        assertThat(rule.broken(GOVERNANCE, NOW, delete, deleted("nodes/web1/a")))
                .isEmpty();
    }

    @Test
    void anotherValueKeyOrKindOfWrite() {
        Operation.SignedWrite write = write(NOW, "nodes/web1/a", "1");
        String fault = "as nobody signed it";
        finds(fault, GOVERNANCE, write, wrote("nodes/web1/a", "2"));
        finds(fault, GOVERNANCE, write(NOW + 1, "nodes/web1/a", "1"), wrote("nodes/web1/b", "1"));
        finds(fault, GOVERNANCE, write(NOW + 2, "nodes/web1/a", "1"), deleted("nodes/web1/a"));
    }

    @Test
    void aKeyWhereTheSignerAloneMayNotWrite() {
        finds("alone may not", GOVERNANCE, write(NOW, "nodes/web2/a", "1"), wrote("nodes/web2/a", "1"));
    }

    @Test
    void aSignatureThatDoesNotHold() {
        Operation.SignedWrite real = write(NOW, "nodes/web1/a", "1");
        Operation.SignedWrite altered = new Operation.SignedWrite(NOW + 1, real.operation(), real.signature());
        finds("does not hold", GOVERNANCE, altered, wrote("nodes/web1/a", "1"));
    }

    @Test
    void aKeyThatWasRevokedBefore() {
        Governance revoked = governance(Lifetime.ALWAYS.revokedAt(NOW / 1_000_000));
        finds("did not count", revoked, write(NOW, "nodes/web1/a", "1"), wrote("nodes/web1/a", "1"));
        finds("did not count", Governance.OPEN, write(NOW, "nodes/web1/a", "1"), wrote("nodes/web1/a", "1"));
    }

    @Test
    void aWriteOfAnotherTime() {
        long late = NOW - WriteText.MAX_SKEW_MICROS - 1;
        finds("another time", GOVERNANCE, write(late, "nodes/web1/a", "1"), wrote("nodes/web1/a", "1"));
    }

    @Test
    void aWriteThatWasDoneBefore() {
        Operation.SignedWrite write = write(NOW, "nodes/web1/a", "1");
        assertThat(rule.broken(GOVERNANCE, NOW, write, wrote("nodes/web1/a", "1")))
                .isEmpty();
        finds("was done before", GOVERNANCE, write, wrote("nodes/web1/a", "1"));
    }
}
