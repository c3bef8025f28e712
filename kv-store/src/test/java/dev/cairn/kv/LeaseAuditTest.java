package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.kv.audit.BrokenRuleException;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the audit finds where a store has ended leases as it must not: each time one thing is not as a real one did it.
 */
class LeaseAuditTest extends LeaseFixture {
    @BeforeEach
    void attach() {
        grant(1, 5);
        grant(2, 100);
        run(List.of(put("a", 1), put("b", 2), put("c", 0)));
    }

    private void finds(KvState real, List<KeyEvent> forged) {
        KvState state = new KvState(
                real.height(),
                real.tree(),
                real.revision(),
                real.compactRevision(),
                real.roots(),
                real.governance(),
                real.results(),
                forged,
                real.written(),
                real.removed(),
                real.touchedSystem(),
                real.unpersisted());
        BrokenRuleException found = catchThrowableOfType(
                BrokenRuleException.class,
                () -> audit.next(Objects.requireNonNull(proposals.get(real)), machine.committed(), state));
        assertThat(found).isNotNull();
        assertThat(found.rule()).as("%s", found.getMessage()).isEqualTo("LeasesRunOut");
    }

    /** Of a key that lives. */
    private KeyEvent deletion(String key, int sub) {
        Bytes treeKey = Space.CLIENTS.treeKey(Bytes.utf8(key));
        KeyVersion head = machine.committed().tree().get(treeKey).orElseThrow().head();
        return new KeyEvent(KeyVersion.tombstone(treeKey, machine.committed().revision() + 1, sub), Optional.of(head));
    }

    private static List<KeyEvent> with(KvState real, KeyEvent more) {
        List<KeyEvent> all = new ArrayList<>(real.changes());
        all.add(more);
        return all;
    }

    private KvState over() {
        passSeconds(4);
        move(1000);
        KvState real = execute();
        assertThat(real.changes()).hasSize(1);
        return real;
    }

    @Test
    void aLeaseThatEndsEarly() {
        passSeconds(3);
        move(1000);
        finds(execute(), List.of(deletion("a", 0)));
    }

    @Test
    void aLeaseThatEndsThoughItWasKeptAlive() {
        passSeconds(3);
        run(keepAlive(1L));
        passSeconds(1);
        move(1000);
        finds(execute(), List.of(deletion("a", 0)));
    }

    @Test
    void anotherLeasesKeyThatGoesWithIt() {
        KvState real = over();
        finds(real, with(real, deletion("b", 1)));
    }

    @Test
    void aKeyWithoutALeaseThatGoesWithIt() {
        KvState real = over();
        finds(real, with(real, deletion("c", 1)));
    }

    @Test
    void aKeyThatNobodyPut() {
        KvState real = over();
        Bytes treeKey = Space.CLIENTS.treeKey(Bytes.utf8("d"));
        long revision = real.revision();
        finds(
                real,
                with(
                        real,
                        new KeyEvent(
                                KeyVersion.put(treeKey, revision, 1, revision, 1, 0, Value.of(Bytes.EMPTY)),
                                Optional.empty())));
    }

    @Test
    void aRevocationThatTakesAnotherLeasesKey() {
        KvState real = execute(request(List.of(new LeaseOperation.Revoke(1))));
        finds(real, with(real, deletion("b", 1)));
    }

    @Test
    void soDoesOneOnSomebodysBehalf() {
        Operation revoke = new Operation.OnBehalf(Bytes.utf8("ann"), 1, new LeaseOperation.Revoke(1));
        KvState real = execute(request(List.of(revoke)));
        assertThat(real.changes()).hasSize(1);
        finds(real, with(real, deletion("b", 1)));
    }
}
