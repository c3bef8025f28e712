package dev.cairn.simulator;

import java.util.List;
import java.util.function.Consumer;

/** Every invariant at work in one world. */
final class Checker {
    private final List<Observer> observers;

    Checker(Setting setting, World world, Coverage coverage) {
        this.observers = List.of(
                new ChainInvariants.Agreement(),
                new ChainInvariants.PrefixOrder(),
                new ChainInvariants.Validity(),
                new ChainInvariants.ExactlyOnce(),
                new ChainInvariants.StateRootEquality(),
                new ChainInvariants.Durability(),
                new VoteInvariants.CertificateSoundness(setting.genesis()),
                new VoteInvariants.NoDoubleVote(),
                new VoteInvariants.NoVoteInLeftView(),
                new VoteInvariants.SoundAccusations(setting.genesis()),
                new VotingRule(setting.genesis().block()),
                new LemmaInvariants.OneChainPerView(),
                new LemmaInvariants.TipCoversCommits(),
                new LemmaInvariants.EnteredByQuorum(world.replicas()),
                new ChainInvariants.NotOfTheFuture(setting.genesis().parameters()),
                new EffectRule(setting.genesis().block().digest()),
                new ServiceInvariants.LinearizableReads(),
                new ServiceInvariants.BoundedQueues(setting.genesis().parameters(), world.requests()),
                new ServiceInvariants.NoHalt(),
                new ServiceInvariants.Progress(),
                coverage);
    }

    void tell(Consumer<Observer> what) {
        for (Observer observer : observers) {
            what.accept(observer);
        }
    }
}
