package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.SshException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of the governance, by two of alice, bob and carol. */
class LedgerAdminTest extends LedgerFixture {
    private AdminChange admin(AdminOperation... operations) {
        return adminAt(machine.committed().revision(), operations);
    }

    private AdminChange adminAt(long base, AdminOperation... operations) {
        return new AdminChange(
                CHAIN,
                base,
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName("alice"),
                "Because " + sequence++,
                List.of(operations));
    }

    private static AdminOperation revokeBob() {
        try {
            return new AdminOperation.RevokeKey(
                    new PrincipalName("bob"), key("bob").publicKey().fingerprint());
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without it vault/ would be closed: it needs two besides the author, and there are only three. */
    private static AdminOperation newKeyOfBob() {
        try {
            return new AdminOperation.SetKey(
                    new PrincipalName("bob"),
                    new Principal.HeldKey(key("stranger").publicKey(), Lifetime.between(0, 100 * START)));
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Operation submitAdmin(SignedText text, String namespace) {
        return new Operation.SubmitChange(text.text(), List.of(), key("alice").sign(namespace, text.text()));
    }

    private Outcome executed(AdminChange change) {
        assertThat(standing(run(submitAdmin(change, "admin@cairn.dev")))).isEqualTo(ChangeStanding.PENDING);
        Outcome outcome = run(endorse(Endorsement.Kind.APPROVAL, change.digest(), "carol"));
        assertThat(standing(outcome)).isEqualTo(ChangeStanding.EXECUTED);
        return outcome;
    }

    @Test
    void aKeyThatWasRevokedSinceCountsNoMoreNotEvenInWhatItApprovedBefore() {
        Change waiting = change("alice", List.of(), putOf("vault/a", "9"));
        run(submit(waiting, "alice", "9"));
        run(approve(waiting, "bob"));

        Outcome revoked = executed(admin(newKeyOfBob(), revokeBob()));

        Outcome carols = run(approve(waiting, "carol"));
        assertThat(standing(carols)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(carols)).contains("of bob is revoked");
        assertThat(visible()).isEmpty();
        assertThat(record(LedgerKeys.GOVERNANCE))
                .contains(machine.committed().governance().text());
        assertThat(record(LedgerKeys.logged(revoked.revision()))).isPresent();
        assertThat(standing(run(approve(waiting, "stranger"))))
                .as("bob, with his new key")
                .isEqualTo(ChangeStanding.EXECUTED);
    }

    @Test
    void theGovernanceInForceSurvivesARestart() {
        executed(admin(new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("new/")))));
        Governance before = machine.committed().governance();
        assertThat(before).isNotEqualTo(founding());
        machine.close();
        machine = KvStateMachine.open(directory, CHAIN, founding(), Limits.DEFAULT);

        assertThat(machine.committed().governance()).isEqualTo(before);
        assertThat(run(put("new/a", "1"))).isInstanceOf(Outcome.Put.class);
    }

    @Test
    void nobodyChangesAGovernanceThatTheyHaveNotSeen() {
        AdminChange first = admin(new AdminOperation.SetKeepRevisions(5));
        AdminChange second = admin(new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("new/"))));
        run(submitAdmin(second, "admin@cairn.dev"));
        Outcome done = executed(first);

        Outcome late = run(endorse(Endorsement.Kind.APPROVAL, second.digest(), "carol"));

        assertThat(standing(late)).isEqualTo(ChangeStanding.CONFLICTED);
        assertThat(detail(late)).contains("revision " + done.revision());
        assertThat(machine.committed().governance().guards().isOpen(KeySpan.single(Bytes.utf8("new/a"))))
                .isFalse();
    }

    @Test
    void compactionNeedsSignaturesAndNeverTakesWhatIsKept() {
        executed(admin(new AdminOperation.SetKeepRevisions(3)));
        for (int i = 0; i < 5; i++) {
            run(put("open/a", "" + i));
        }
        long revision = machine.committed().revision();
        assertThat(run(new Operation.Compact(revision - 3, false)))
                .isEqualTo(new Outcome.Failed(revision, KvError.GUARDED));

        Outcome tooFar = run(submitAdmin(admin(new AdminOperation.Compact(revision - 2)), "admin@cairn.dev"));
        assertThat(standing(tooFar)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(tooFar)).contains("cannot be compacted");
        executed(admin(new AdminOperation.Compact(revision - 3)));
        assertThat(machine.committed().compactRevision()).isEqualTo(revision - 3);
    }

    @Test
    void oneAloneOrForAnotherPurposeChangesNothing() {
        AdminChange change = admin(new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("prod/x/"))));
        long revision = machine.committed().revision();
        assertThat(run(submitAdmin(change, "change@cairn.dev")))
                .isEqualTo(new Outcome.Failed(revision, KvError.BAD_SIGNATURE));

        run(submitAdmin(change, "admin@cairn.dev"));
        Outcome again = run(endorse(Endorsement.Kind.APPROVAL, change.digest(), "alice"));

        assertThat(standing(again)).isEqualTo(ChangeStanding.PENDING);
        assertThat(machine.committed().governance()).isEqualTo(founding());
        assertThat(run(put("prod/x/a", "1"))).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void aLargeValueWaitsOnDiskAndIsWrittenWhole() {
        String large = "x".repeat(100_000);
        Change change = change("alice", List.of(), putOf("prod/big", large));
        run(submit(change, "alice", large));
        run(put("open/a", "1")); // and the value has reached the disk

        assertThat(standing(run(approve(change, "carol")))).isEqualTo(ChangeStanding.EXECUTED);
        assertThat(visible().get("prod/big")).isEqualTo(large);
    }
}
