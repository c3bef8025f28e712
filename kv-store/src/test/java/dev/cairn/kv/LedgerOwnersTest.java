package dev.cairn.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Guard;
import dev.cairn.kv.guard.Lifetime;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Alice alone decides on team/. That gives her no say in who is revoked, which two of alice, bob and carol decide on, and nobody
 * gets what others own because these can sign no more.
 */
class LedgerOwnersTest extends LedgerFixture {
    private static final Scope.OfPrefix INNER = new Scope.OfPrefix(Bytes.utf8("team/bobs/"));
    private static final long NOT_LONG = LIFETIME / 3;

    private int opened;

    @BeforeEach
    void delegate() {
        executed(byTwo(admin("alice", new AdminOperation.SetGuard(guard("team/", "alice")))));
        executed(byAuthor(admin("alice", new AdminOperation.SetGuard(guard("team/bobs/", "bob")))));
        nowSeconds += 10;
    }

    private AdminChange admin(String author, AdminOperation... operations) {
        return new AdminChange(
                CHAIN,
                machine.committed().revision(),
                nowSeconds,
                nowSeconds + LIFETIME,
                new PrincipalName(author),
                "Because " + sequence++,
                List.of(operations));
    }

    /** One of the people is enough. */
    private static Guard guard(String prefix, String... people) {
        TreeSet<PrincipalName> names = new TreeSet<>();
        Stream.of(people).map(PrincipalName::new).forEach(names::add);
        return new Guard(
                new Scope.OfPrefix(Bytes.utf8(prefix)),
                1,
                names,
                new TreeSet<>(),
                false,
                EnumSet.allOf(KeyKind.class),
                LIFETIME);
    }

    private static AdminOperation revoke(String name) {
        try {
            return new AdminOperation.RevokeKey(
                    new PrincipalName(name), key(name).publicKey().fingerprint());
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private AdminOperation setKeyOfBob(String key, long fromSeconds, long untilSeconds) {
        try {
            return new AdminOperation.SetKey(
                    new PrincipalName("bob"),
                    new Principal.HeldKey(key(key).publicKey(), Lifetime.between(fromSeconds, untilSeconds)));
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Operation submission(AdminChange change) {
        return new Operation.SubmitChange(
                change.text(), List.of(), key(change.author().text()).sign("admin@cairn.dev", change.text()));
    }

    private Outcome byAuthor(AdminChange change) {
        return run(submission(change));
    }

    private Outcome byTwo(AdminChange change) {
        assertThat(standing(byAuthor(change))).isEqualTo(ChangeStanding.PENDING);
        return run(endorse(Endorsement.Kind.APPROVAL, change.digest(), "carol"));
    }

    private static void executed(Outcome outcome) {
        assertThat(standing(outcome)).as(detail(outcome)).isEqualTo(ChangeStanding.EXECUTED);
    }

    private int governanceBytes() {
        return machine.committed().governance().text().size();
    }

    // What changes of the governance cost.

    /** One of them takes tens of milliseconds where the governance is large, and all replicas pay. */
    @Test
    void aBlockWorksOutSoManyChangesOfTheGovernance() {
        AdminOperation setsDeadEnd = new AdminOperation.SetGuard(guard("team/dead/", "nobody"));
        List<Operation> different = Stream.generate(() -> submission(admin("alice", setsDeadEnd)))
                .limit(Amendments.MAX_PER_BLOCK + 1)
                .toList();
        List<Operation> theSame =
                Collections.nCopies(Amendments.MAX_PER_BLOCK + 1, submission(admin("alice", setsDeadEnd)));

        assertThat(runTogether(theSame.toArray(Operation[]::new)))
                .as("brought by a gateway again and again")
                .allSatisfy(outcome -> assertThat(standing(outcome)).isEqualTo(ChangeStanding.REFUSED));
        List<Outcome> outcomes = runTogether(different.toArray(Operation[]::new));
        assertThat(outcomes.subList(0, Amendments.MAX_PER_BLOCK))
                .allSatisfy(outcome -> assertThat(standing(outcome)).isEqualTo(ChangeStanding.REFUSED));
        assertThat(outcomes.getLast())
                .isEqualTo(new Outcome.Failed(machine.committed().revision(), KvError.TOO_MANY_CHANGES));
        executed(byTwo(admin("alice", revoke("bob"))));
    }

    // Revoking.

    @Test
    void aGatewayThatCompactsCannotForbidRevocations() {
        executed(byTwo(admin("alice", new AdminOperation.SetRight(Right.COMPACT))));
        AdminChange revocation = admin("alice", revoke("bob"));
        run(put("open/x", "1"));
        assertThat(run(new Operation.Compact(machine.committed().revision(), false)))
                .isInstanceOf(Outcome.Compacted.class);

        executed(byTwo(revocation));
    }

    @Test
    void whoeverOwnsAPrefixCannotForbidRevocations() {
        executed(byTwo(admin("alice", revoke("bob"))));

        Change closed = change("alice", List.of(), putOf("team/bobs/x", "1"));
        Outcome refused = run(submit(closed, "alice", "1"));
        assertThat(standing(refused))
                .as("keys below a guard that nobody can meet")
                .isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(refused)).contains("the guard on \"team/bobs/\" needs 1 signatures and only 0 people");
        executed(byTwo(admin("alice", new AdminOperation.SetGuard(guard("team/bobs/", "carol")))));
        Change open = change("carol", List.of(), putOf("team/bobs/x", "1"));
        executed(run(submit(open, "carol", "1")));
    }

    @Test
    void whatOnlyRevokesIsDoneWhateverElseHasChanged() {
        AdminChange revocation = admin("alice", revoke("bob"));
        AdminChange exchange = admin("alice", revoke("bob"), setKeyOfBob("stranger", 0, 100 * START));
        byAuthor(revocation);
        byAuthor(exchange);
        executed(byAuthor(admin("alice", new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("team/o/"))))));

        assertThat(standing(run(endorse(Endorsement.Kind.APPROVAL, exchange.digest(), "carol"))))
                .as("what also gives a key, on a governance that nobody has seen")
                .isEqualTo(ChangeStanding.CONFLICTED);
        executed(run(endorse(Endorsement.Kind.APPROVAL, revocation.digest(), "carol")));
    }

    @Test
    void soManyThatNobodyGovernsAnyMoreCannotBeRevoked() {
        executed(byTwo(admin("alice", revoke("bob"))));
        Outcome last = byAuthor(admin("alice", revoke("carol")));
        assertThat(standing(last)).isEqualTo(ChangeStanding.REFUSED);
        assertThat(detail(last)).contains("the guard on the registry could never be met");
    }

    @Test
    void whatCannotBeDoneNowIsDoneLater() {
        long gap = nowSeconds + NOT_LONG;
        executed(byTwo(
                admin("alice", setKeyOfBob("bob", 0, gap), setKeyOfBob("stranger", gap + NOT_LONG, Lifetime.NO_END))));
        AdminChange change = admin("alice", new AdminOperation.SetGuard(guard("new/", "bob")));
        byAuthor(change);
        nowSeconds = gap;

        Outcome notNow = run(endorse(Endorsement.Kind.APPROVAL, change.digest(), "carol"));
        assertThat(standing(notNow)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(notNow)).contains("the guard on \"new/\" could never be met");
        assertThat(standing(byAuthor(change))).isEqualTo(ChangeStanding.PENDING);
        nowSeconds = gap + NOT_LONG;
        executed(byAuthor(change));
    }

    // Whose it is then.

    @Test
    void theOwnerAroundAPrefixDoesNotGetItWhenItsOwnersTimeIsOver() {
        executed(byTwo(admin("alice", setKeyOfBob("bob", 0, nowSeconds + 1))));
        nowSeconds += 1;

        AdminChange theft = admin("alice", new AdminOperation.SetGuard(guard("team/bobs/", "alice")));
        Outcome alone = byAuthor(theft);
        assertThat(standing(alone)).isEqualTo(ChangeStanding.PENDING);
        assertThat(detail(alone)).contains("the guard on the registry needs 1 more of 2 signatures; ask carol");
        assertThat(standing(byAuthor(admin("alice", new AdminOperation.RemoveGuard(INNER)))))
                .isEqualTo(ChangeStanding.PENDING);
        assertThat(standing(byAuthor(
                        admin("alice", new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("team/bobs/x")))))))
                .isEqualTo(ChangeStanding.PENDING);
        executed(run(endorse(Endorsement.Kind.APPROVAL, theft.digest(), "carol")));
    }

    // Room.

    /** Alice alone makes the governance as large as she may. */
    private Outcome fill() {
        fillBy(200, 3000);
        fillBy(1, 3000);
        fillBy(1, 300);
        return fillBy(1, 1);
    }

    /** Opens so many prefixes in each change, until one is not executed. */
    private Outcome fillBy(int prefixes, int prefixBytes) {
        while (true) {
            AdminOperation[] operations = new AdminOperation[prefixes];
            for (int i = 0; i < prefixes; i++) {
                Bytes prefix = Bytes.utf8("team/" + opened++ + "x".repeat(prefixBytes));
                operations[i] = new AdminOperation.SetOpen(new Scope.OfPrefix(prefix));
            }
            Outcome outcome = byAuthor(admin("alice", operations));
            if (standing(outcome) != ChangeStanding.EXECUTED) {
                return outcome;
            }
        }
    }

    @Test
    void whoeverOwnsAPrefixLeavesRoomToRevoke() {
        assertThat(detail(fill())).contains(ChangeLimits.MAX_DELEGATED_GOVERNANCE_BYTES + " are the most");
        executed(byTwo(admin("alice", revoke("bob"))));
        assertThat(governanceBytes()).isGreaterThan(ChangeLimits.MAX_DELEGATED_GOVERNANCE_BYTES);
    }

    @Test
    void whoFilledTheirShareCanTakeAwayAgain() {
        Guard first = guard("team/first", "alice");
        executed(byAuthor(admin("alice", new AdminOperation.SetGuard(first))));
        Outcome full = fill();
        assertThat(standing(full)).as("which is not remembered as a conflict").isEqualTo(ChangeStanding.REFUSED);
        executed(byTwo(admin(
                "alice", new AdminOperation.SetOpen(new Scope.OfPrefix(Bytes.utf8("o/" + "x".repeat(3000)))))));

        executed(byAuthor(admin("alice", new AdminOperation.RemoveGuard(first.scope()))));
        assertThat(governanceBytes()).isGreaterThan(ChangeLimits.MAX_DELEGATED_GOVERNANCE_BYTES);
        assertThat(machine.committed().governance().guards().ruling(Bytes.utf8("team/first")))
                .isEqualTo(new Ruling.Guarded(guard("team/", "alice")));
    }
}
