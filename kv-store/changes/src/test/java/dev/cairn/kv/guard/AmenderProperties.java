package dev.cairn.kv.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.VerdictText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** What a change makes of a governance, whichever the two are. */
class AmenderProperties {
    @Provide
    Arbitrary<Governance> governances() {
        return GovernanceArbitraries.governances();
    }

    @Provide
    Arbitrary<AdminChange> changes() {
        return AdminArbitraries.changes();
    }

    @Property(tries = 2000)
    void noChangeSetsADeadEndAndRevokingIsRefusedForNoOthers(
            @ForAll("governances") Governance before,
            @ForAll("changes") AdminChange change,
            @ForAll @LongRange(min = 1, max = 4_000_000_000L) long now)
            throws ChangeException {
        List<Scope> set = change.operations().stream()
                .filter(AdminOperation.SetGuard.class::isInstance)
                .map(operation -> ((AdminOperation.SetGuard) operation).guard().scope())
                .toList();
        switch (before.apply(change, now)) {
            case Amendment.To(Governance after) -> {
                assertThat(Governance.parse(after.text())).isEqualTo(after);
                assertThat(deadEnds(after, now)).as("guards that it sets").noneMatch(set::contains);
                assertThat(admitting(after).isEmpty() || !deadEnds(after, now).containsAll(admitting(after)))
                        .as("somebody can change it again")
                        .isTrue();
                assertThat(before.guards().registryGuard().isPresent()
                                && after.guards().registryGuard().isEmpty())
                        .as("the guard of last resort is gone")
                        .isFalse();
                thePastStays(before, after, now);
            }
            case Amendment.Impossible(List<Objection> objections) -> {
                assertThat(objections)
                        .isNotEmpty()
                        .allSatisfy(
                                objection -> assertThat(objection.sentence()).matches("[^\n]*; [^\n]*"))
                        .noneMatch(objection -> objection instanceof Objection.DeadEnd end
                                && end.scope() instanceof Scope.OfPrefix
                                && !set.contains(end.scope()));
                VerdictText.Verdict verdict = VerdictText.parse(VerdictText.print(objections, List.of()));
                assertThat(verdict.objections()).isEqualTo(objections);
            }
        }
    }

    private static List<Scope> deadEnds(Governance governance, long now) {
        return governance.deadEnds(now).stream().map(Objection.DeadEnd::scope).toList();
    }

    private static List<Scope> admitting(Governance governance) {
        return governance.allGuards().stream()
                .map(Guard::scope)
                .filter(scope -> !(scope instanceof Scope.OfPrefix))
                .toList();
    }

    /** Whoever counted at a time that is over still did, and nobody else: signatures are checked by it later. */
    private static void thePastStays(Governance before, Governance after, long now) {
        for (Principal principal : after.registry().principals()) {
            for (Principal.HeldKey held : principal.keys()) {
                var old = before.registry().holderOf(held.key().blob());
                LongStream.of(0, now / 2, now - 1)
                        .filter(time -> time < now)
                        .forEach(time -> assertThat(counted(principal, held, time))
                                .as("%s of %s at %d", held, principal.name(), time)
                                .isEqualTo(old.isPresent()
                                        && counted(
                                                old.get().principal(), old.get().key(), time)));
            }
        }
        assertThat(after.registry().principals())
                .extracting(Principal::name)
                .containsAll(before.registry().principals().stream()
                        .map(Principal::name)
                        .toList());
    }

    private static boolean counted(Principal principal, Principal.HeldKey held, long time) {
        return principal.lifetime().at(time) == Lifetime.Standing.VALID
                && held.lifetime().at(time) == Lifetime.Standing.VALID;
    }

    @Property(tries = 300)
    void theOrderOfOperationsMeansNothing(
            @ForAll("governances") Governance before, @ForAll("changes") AdminChange change, @ForAll Random random) {
        List<AdminOperation> operations = new ArrayList<>(change.operations());
        Collections.shuffle(operations, random);
        assertThat(before.apply(AdminArbitraries.withOperations(change, operations), 1_000_000))
                .isEqualTo(before.apply(change, 1_000_000));
    }
}
