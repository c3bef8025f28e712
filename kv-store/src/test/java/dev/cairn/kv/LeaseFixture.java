package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.GuardTable;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Request;
import dev.cairn.ssh.KeyKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A store in which all but prod/ is open, until alice, who alone decides on that, has it otherwise. Its blocks come in
 * fine time.
 */
abstract class LeaseFixture extends LedgerFixture {
    private static final Scope.OfPrefix LATER = new Scope.OfPrefix(Bytes.utf8("g/"));

    long millis;

    @Override
    Governance founding() {
        Governance people = governance();
        return new Governance(
                people.registry(),
                new GuardTable(
                        Optional.of(byAlice(Scope.REGISTRY)),
                        List.of(byAlice(new Scope.OfPrefix(Bytes.utf8("prod/")))),
                        List.of(Bytes.EMPTY)),
                Optional.empty(),
                people.gatewayRights(),
                0);
    }

    private static Guard byAlice(Scope scope) {
        return new Guard(
                scope,
                1,
                new TreeSet<>(List.of(new PrincipalName("alice"))),
                new TreeSet<>(),
                false,
                EnumSet.allOf(KeyKind.class),
                LIFETIME);
    }

    @Override
    KvState execute(Request... requests) {
        KvState parent = machine.committed();
        long nanos = nowSeconds * 1_000_000_000L + millis * 1_000_000L;
        Proposal proposal = new Proposal(parent.height().next(), nanos, List.of(requests));
        KvState state = machine.execute(parent, proposal);
        proposals.put(state, proposal);
        return state;
    }

    // Time.

    /** So much later comes a block without requests, whose changes are given. */
    List<KeyEvent> pass(long moreMillis) {
        move(moreMillis);
        KvState state = execute();
        commit(state);
        return state.changes();
    }

    /** The next block comes so much later. */
    void move(long moreMillis) {
        millis += moreMillis;
        nowSeconds += millis / 1000;
        millis %= 1000;
    }

    /** A block with each second. */
    void passSeconds(long seconds) {
        for (long i = 0; i < seconds; i++) {
            pass(1000);
        }
    }

    void reopen() {
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, founding(), Limits.DEFAULT);
    }

    // Operations.

    Outcome grant(long id, long seconds) {
        return run(new LeaseOperation.Grant(id, seconds));
    }

    static Operation.Put put(String key, long lease) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8("v"), lease, false, false, false);
    }

    static Operation.DeleteRange delete(String key) {
        return new Operation.DeleteRange(Bytes.utf8(key), Bytes.EMPTY, false);
    }

    static LeaseOperation keepAlive(Long... ids) {
        return new LeaseOperation.KeepAlive(List.of(ids));
    }

    Outcome.Failed failed(KvError error) {
        return new Outcome.Failed(machine.committed().revision(), error);
    }

    /** A guard comes to decide below g/, or goes. */
    void guardLater(boolean guarded) {
        AdminOperation operation =
                guarded ? new AdminOperation.SetGuard(byAlice(LATER)) : new AdminOperation.RemoveGuard(LATER);
        AdminChange change = new AdminChange(
                CHAIN,
                machine.committed().revision(),
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName("alice"),
                "Because " + sequence++,
                List.of(operation));
        Outcome done = run(new Operation.SubmitChange(
                change.text(), List.of(), key("alice").sign("admin@cairn.dev", change.text())));
        assertThat(standing(done)).as(detail(done)).isEqualTo(ChangeStanding.EXECUTED);
    }

    // What is there.

    LeaseView leases() {
        return new LeaseView(machine.committed());
    }

    List<String> keysOf(long lease) {
        return leases().keys(lease).stream().map(Bytes::toUtf8).toList();
    }

    static List<String> deleted(List<KeyEvent> events) {
        List<String> keys = new ArrayList<>();
        for (KeyEvent event : events) {
            assertThat(event.isPut()).isFalse();
            keys.add(event.change().key().toUtf8() + "@" + event.change().modRevision());
        }
        return keys;
    }
}
