package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What one key and an open prefix can use up. */
class LedgerRoomTest extends LedgerFixture {
    private static final Limits SMALL = new Limits(200_000, 64L << 20, 128, 1L << 18, 16);

    private void reopenSmall() {
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, founding(), SMALL);
    }

    /** By carol's key alone, on an open prefix. */
    private Outcome fillUp() {
        for (int from = 0, count = 32; ; from += count) {
            ChangeOperation[] puts = new ChangeOperation[count];
            String[] values = new String[count];
            for (int i = 0; i < count; i++) {
                puts[i] = putOf("open/%06d".formatted(from + i), "");
                values[i] = "";
            }
            Change change = change("carol", List.of(), puts);
            Outcome outcome = run(submit(change, "carol", values));
            if (outcome instanceof Outcome.Failed && count == 1) {
                return outcome;
            }
            count = outcome instanceof Outcome.Failed ? 1 : count;
        }
    }

    private Outcome bySigners(AdminOperation operation) {
        AdminChange change = new AdminChange(
                CHAIN,
                machine.committed().revision(),
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName("alice"),
                "Because " + sequence++,
                List.of(operation));
        run(new Operation.SubmitChange(change.text(), List.of(), key("alice").sign("admin@cairn.dev", change.text())));
        return run(endorse(Endorsement.Kind.APPROVAL, change.digest(), "carol"));
    }

    @Test
    void oneKeyAndAnOpenPrefixLeaveTheReserveToGuardedChanges() {
        reopenSmall();
        assertThat(((Outcome.Failed) fillUp()).error()).isEqualTo(KvError.NO_SPACE);

        Change guarded = change("alice", List.of(), putOf("prod/limit", "9"));
        run(submit(guarded, "alice", "9"));
        assertThat(standing(run(approve(guarded, "bob")))).isEqualTo(ChangeStanding.EXECUTED);
    }

    @Test
    void whoOwnsAPrefixLeavesTheReserveToo() {
        reopenSmall();
        Guard owners = new Guard(
                new Scope.OfPrefix(Bytes.utf8("team/")),
                1,
                new TreeSet<>(Set.of(new PrincipalName("carol"))),
                new TreeSet<>(),
                false,
                EnumSet.allOf(KeyKind.class),
                LIFETIME);
        assertThat(standing(bySigners(new AdminOperation.SetGuard(owners)))).isEqualTo(ChangeStanding.EXECUTED);
        fillUp();

        AdminChange change = new AdminChange(
                CHAIN,
                machine.committed().revision(),
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName("carol"),
                "Because " + sequence++,
                List.of(new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("team/o/")))));
        Outcome outcome = run(new Operation.SubmitChange(
                change.text(), List.of(), key("carol").sign("admin@cairn.dev", change.text())));
        assertThat(((Outcome.Failed) outcome).error()).isEqualTo(KvError.NO_SPACE);
    }

    @Test
    void aFullStoreCanBeEmptiedAgain() {
        reopenSmall();
        fillUp();
        Change put;
        Outcome outcome;
        do {
            put = change("alice", List.of(), putOf("prod/" + sequence, "9"));
            run(submit(put, "alice", "9"));
            outcome = run(approve(put, "bob"));
        } while (outcome instanceof Outcome.Change);
        Change delete =
                change("alice", List.of(), new ChangeOperation.DeleteRange(Bytes.utf8("prod/"), Bytes.utf8("prod0")));

        run(submit(delete, "alice"));
        assertThat(standing(run(approve(delete, "bob")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(standing(bySigners(new AdminOperation.RemoveOpen(new Scope.OfPrefix(Bytes.utf8("open/"))))))
                .isEqualTo(ChangeStanding.EXECUTED);
        assertThat(standing(
                        bySigners(new AdminOperation.Compact(machine.committed().revision()))))
                .isEqualTo(ChangeStanding.EXECUTED);
    }

    @Test
    void theFirstRecordOfTheLedgerPushesNoKeyBelowTheGreatestDepth() {
        int accepted = 0;
        for (int length = 1; length <= Pruned.MAX_DEPTH + 2; length++) {
            if (run(put("open/" + "a".repeat(length), "")) instanceof Outcome.Put) {
                accepted++;
            }
        }
        assertThat(accepted).isBetween(Pruned.MAX_DEPTH - 16, Pruned.MAX_DEPTH);
        Change change = change("alice", List.of(), putOf("prod/limit", "9"));
        run(submit(change, "alice", "9"));

        KvState state = machine.committed();
        machine.pin(state);
        try {
            Bytes chunk = machine.chunk(state, Bytes.EMPTY, Optional.empty(), 1 << 22);
            assertThatCode(() -> TreeCodec.CHUNK.decode(chunk)).doesNotThrowAnyException();
        } finally {
            machine.unpin(state);
        }
    }
}
