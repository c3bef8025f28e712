package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of the records of executed changes: they are forgotten by a signed compaction alone, and then not all. */
class ChangeSweepTest extends LedgerFixture {
    /** Here gateways may compact too. */
    @Override
    Governance founding() {
        Governance strict = governance();
        return new Governance(
                strict.registry(), strict.guards(), strict.recovery(), Set.of(Right.COMPACT), strict.keepRevisions());
    }

    private Change executed(String key, String value) {
        Change change = change("alice", List.of(), putOf(key, value));
        assertThat(standing(run(submit(change, "alice", value)))).isEqualTo(ChangeStanding.EXECUTED);
        return change;
    }

    private AdminChange compacted() {
        long revision = machine.committed().revision();
        AdminChange compaction = new AdminChange(
                CHAIN,
                revision,
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName("alice"),
                "Because " + sequence++,
                List.of(new AdminOperation.Compact(revision)));
        run(new Operation.SubmitChange(
                compaction.text(), List.of(), key("alice").sign("admin@cairn.dev", compaction.text())));
        Outcome outcome = run(endorse(Endorsement.Kind.APPROVAL, compaction.digest(), "bob"));
        assertThat(standing(outcome)).isEqualTo(ChangeStanding.EXECUTED);
        return compaction;
    }

    private void nextBlock() {
        commit(execute());
    }

    private boolean isKept(SignedText change) {
        return record(LedgerKeys.settled(change.digest())).isPresent();
    }

    private long logged() {
        return machine.committed().tree().liveCount(Space.LEDGER.treeSpan(LedgerKeys.ALL_LOGGED));
    }

    @Test
    void whatIsOverwrittenAndExpiredIsForgottenWithTheBlockBehindASignedCompaction() {
        Change overwritten = executed("open/a", "1");
        Change standing = executed("open/a", "2");
        nowSeconds += LIFETIME;
        AdminChange compaction = compacted();
        assertThat(isKept(overwritten)).isTrue();

        nextBlock();

        assertThat(isKept(overwritten)).isFalse();
        assertThat(isKept(standing)).as("tells who put what is there").isTrue();
        assertThat(isKept(compaction)).as("tells who governed when").isTrue();
        assertThat(logged()).isEqualTo(2);
        Outcome again = run(submit(overwritten, "alice", "1"));
        assertThat(standing(again)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(visible()).containsEntry("open/a", "2");

        executed("open/a", "3");
        nowSeconds += LIFETIME;
        compacted();
        nextBlock();
        assertThat(isKept(standing)).as("by the next compaction").isFalse();
    }

    @Test
    void whatCouldBeSubmittedOnceMoreIsKept() {
        Change overwritten = executed("open/a", "1");
        executed("open/a", "2");
        nowSeconds += LIFETIME - 1;
        compacted();
        nextBlock();

        assertThat(isKept(overwritten)).isTrue();
        assertThat(standing(run(submit(overwritten, "alice", "1")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(visible()).containsEntry("open/a", "2");
    }

    /** A record that never expires is never forgotten. */
    @Test
    void aChangeOfOpenKeysIsNotValidForLong() {
        Change longer = new Change(
                CHAIN,
                machine.committed().revision(),
                nowSeconds,
                nowSeconds + ChangeLimits.MAX_OPEN_VALIDITY_SECONDS + 1,
                new PrincipalName("alice"),
                "Because",
                List.of(),
                List.of(putOf("open/a", "1")));
        Outcome refused = run(submit(longer, "alice", "1"));

        assertThat(standing(refused)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(refused)).contains("open keys is valid for 30 days at most");
    }

    @Test
    void aGatewayMakesNobodyForget() {
        Change overwritten = executed("open/a", "1");
        executed("open/a", "2");
        nowSeconds += LIFETIME;
        assertThat(run(new Operation.Compact(machine.committed().revision(), false)))
                .isInstanceOf(Outcome.Compacted.class);
        nextBlock();

        assertThat(isKept(overwritten)).isTrue();
    }

    @Test
    void whatADeletedKeyHeldIsForgotten() {
        Change put = executed("open/a", "1");
        run(new Operation.DeleteRange(Bytes.utf8("open/a"), Bytes.EMPTY, false));
        nowSeconds += LIFETIME;
        compacted();
        nextBlock();

        assertThat(isKept(put)).isFalse();
    }

    @Test
    void eachBlockForgetsSoManyAtMost() {
        List<Change> all = new ArrayList<>();
        for (int i = 0; i < 2 * ChangeSweep.MAX_PER_BLOCK; i++) {
            all.add(executed("open/a", "" + i));
        }
        nowSeconds += LIFETIME;
        compacted();
        List<Long> kept = new ArrayList<>();
        for (int block = 0; block < 3; block++) {
            nextBlock();
            kept.add(all.stream().filter(this::isKept).count());
        }

        assertThat(kept).isEqualTo(List.of((long) ChangeSweep.MAX_PER_BLOCK, 1L, 1L));
        assertThat(isKept(all.getLast())).isTrue();
    }

    @Test
    void aRestartOnTheWayChangesNothing() {
        List<Change> all = new ArrayList<>();
        for (int i = 0; i < ChangeSweep.MAX_PER_BLOCK + 2; i++) {
            all.add(executed("open/a", "" + i));
        }
        nowSeconds += LIFETIME;
        compacted();
        nextBlock();
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, founding(), Limits.DEFAULT);
        nextBlock();

        assertThat(all.stream().filter(this::isKept)).containsExactly(all.getLast());
    }
}
