package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The invariants at work in one world. */
final class Checker {
    private final List<Observer> observers = new ArrayList<>();

    Checker(Setting setting, World world, Judges judges, Coverage coverage) {
        if (judges != Judges.NONE) {
            observers.addAll(ofBehaviour(setting, world));
        }
        if (judges == Judges.ALL) {
            observers.addAll(ofRules(setting, world));
        }
        observers.add(coverage);
    }

    private static List<Observer> ofBehaviour(Setting setting, World world) {
        Parameters parameters = setting.genesis().parameters();
        return List.of(
                new ChainInvariants.Agreement(),
                new ChainInvariants.PrefixOrder(),
                new ChainInvariants.Validity(),
                new ChainInvariants.ExactlyOnce(),
                new ChainInvariants.StateRootEquality(),
                new ChainInvariants.Durability(),
                new ChainInvariants.NotOfTheFuture(parameters),
                new ChainInvariants.TimeGoesForward(),
                new ServiceInvariants.LinearizableReads(),
                new ServiceInvariants.SoundTestimony(setting.genesis()),
                new ServiceInvariants.BoundedMemory(parameters, world.replicas(), world.requests()),
                new ServiceInvariants.NoHalt(),
                new ServiceInvariants.Progress());
    }

    private static List<Observer> ofRules(Setting setting, World world) {
        Genesis genesis = setting.genesis();
        return List.of(
                new VoteInvariants.CertificateSoundness(genesis),
                new VoteInvariants.NoDoubleVote(),
                new VoteInvariants.NoVoteInLeftView(),
                new VoteInvariants.SoundAccusations(genesis),
                new VotingRule(genesis.block()),
                new LemmaInvariants.OneChainPerView(),
                new LemmaInvariants.TipCoversCommits(),
                new LemmaInvariants.EnteredByQuorum(world.replicas()),
                new DepartureInvariants.LeftOnSuspicion(genesis),
                new DepartureInvariants.LeftOnResignation(genesis),
                new DepartureInvariants.ServedItsTerm(setting.timeouts()),
                new DepartureInvariants.NothingLeftOut(),
                new EffectRule(genesis.block().digest()));
    }

    void tell(Consumer<Observer> what) {
        for (Observer observer : observers) {
            what.accept(observer);
        }
    }
}
