package dev.cairn.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** What did happen is accepted; the same with one thing changed is refused. */
class HistoryProperties {
    enum Lie {
        DROPPED_EVENT,
        REPEATED_EVENT,
        INVENTED_VALUE,
        WRONG_PREVIOUS,
        LATER_REVISION,
        EARLIER_REVISION,
        FORGOTTEN_WRITE,
        OTHER_ANSWER
    }

    @Property(tries = 300)
    void whatHappenedIsAccepted(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 8) int clients,
            @ForAll @IntRange(min = 1, max = 3) int groups)
            throws HistoryViolation {
        RandomHistory.of(seed, clients, groups, 300).check();
    }

    @Property(tries = 400)
    void whatIsChangedIsRefused(@ForAll long seed, @ForAll Lie lie, @ForAll @LongRange(min = 0) long where) {
        History truth = RandomHistory.of(seed, 4, 2, 120);
        Optional<History> changed = changed(truth, lie, new SplittableRandom(where));
        Assume.that(changed.isPresent());
        assertThatThrownBy(() -> changed.orElseThrow().check()).isInstanceOf(HistoryViolation.class);
    }

    /** Finds by values and real time alone that a read returned what was surely overwritten when it began. */
    @Property(tries = 300)
    void theSearchRefusesAStaleRead(@ForAll long seed, @ForAll @LongRange(min = 0) long where) {
        History truth = RandomHistory.of(seed, 4, 1, 150);
        List<Call> stale = staleReads(truth);
        Assume.that(!stale.isEmpty());
        Call read = pick(stale, new SplittableRandom(where));
        List<Call> calls = new ArrayList<>(truth.calls());
        calls.replaceAll(call -> call.id() == read.id() ? read : call);
        assertThatThrownBy(() -> Linearizability.check(calls)).isInstanceOf(HistoryViolation.class);
    }

    /** For each read, older values: put by a call that had ended when another put began that ended before the read. */
    private static List<Call> staleReads(History truth) {
        List<Call> puts = truth.calls().stream()
                .filter(call -> call.operation() instanceof Operation.Put && isAnswered(call))
                .toList();
        List<Call> stale = new ArrayList<>();
        for (Call read : truth.calls()) {
            if (!(read.operation() instanceof Operation.Get(String key)) || !isAnswered(read)) {
                continue;
            }
            for (Call old : puts) {
                if (old.operation() instanceof Operation.Put(String k, String value)
                        && k.equals(key)
                        && puts.stream()
                                .anyMatch(over -> over.operation() instanceof Operation.Put(String o, String _)
                                        && o.equals(key)
                                        && returned(old) < over.invokedNanos()
                                        && returned(over) < read.invokedNanos())) {
                    stale.add(answering(
                            read, new Outcome.Found(new TreeMap<>(Map.of(key, new Entry(value, 1, 1, 1))))));
                }
            }
        }
        return stale;
    }

    private static Optional<History> changed(History truth, Lie lie, SplittableRandom random) {
        return switch (lie) {
            case DROPPED_EVENT -> withEvents(truth, random, (changes, at) -> changes.remove(at));
            case REPEATED_EVENT -> withEvents(truth, random, (changes, at) -> changes.add(at, changes.get(at)));
            case INVENTED_VALUE ->
                withEvents(truth, random, (changes, at) -> {
                    Change c = changes.get(at);
                    Entry invented = new Entry("invented", 1, c.revision(), 1);
                    changes.set(at, new Change(c.revision(), c.key(), Optional.of(invented), c.previous()));
                });
            case WRONG_PREVIOUS ->
                withEvents(truth, random, (changes, at) -> {
                    Change c = changes.get(at);
                    Entry other = new Entry("other", 1, 1, 1);
                    changes.set(
                            at,
                            new Change(
                                    c.revision(),
                                    c.key(),
                                    c.now(),
                                    c.previous().isPresent() ? Optional.empty() : Optional.of(other)));
                });
            case LATER_REVISION -> withCall(truth, random, HistoryProperties::isWrite, call -> claiming(call, 1));
            case EARLIER_REVISION -> withCall(truth, random, HistoryProperties::isWrite, call -> claiming(call, -1));
            case FORGOTTEN_WRITE ->
                withCall(
                        truth,
                        random,
                        HistoryProperties::isWrite,
                        call -> answering(
                                new Call(
                                        call.id(),
                                        call.invokedNanos(),
                                        new Operation.Put("nowhere", "lost"),
                                        call.outcome()),
                                new Outcome.PutDone(Optional.empty())));
            case OTHER_ANSWER ->
                withCall(truth, random, HistoryProperties::isAnswered, HistoryProperties::contradicted);
        };
    }

    private interface EventChange {
        void at(List<Change> changes, int index);
    }

    private interface CallChange {
        Call of(Call call);
    }

    private static Optional<History> withEvents(History truth, SplittableRandom random, EventChange change) {
        int chosen = random.nextInt(truth.watches().size());
        WatchStream stream = truth.watches().get(chosen);
        if (stream.changes().isEmpty()) {
            return Optional.empty();
        }
        List<Change> changes = new ArrayList<>(stream.changes());
        change.at(changes, random.nextInt(changes.size()));
        List<WatchStream> watches = new ArrayList<>(truth.watches());
        watches.set(
                chosen,
                new WatchStream(
                        stream.watcher(), stream.prefix(), stream.fromRevision(), stream.toRevision(), changes));
        return Optional.of(new History(truth.calls(), watches));
    }

    private static Optional<History> withCall(
            History truth, SplittableRandom random, Predicate<Call> which, CallChange change) {
        List<Call> eligible = truth.calls().stream().filter(which).toList();
        if (eligible.isEmpty()) {
            return Optional.empty();
        }
        Call chosen = pick(eligible, random);
        List<Call> calls = new ArrayList<>(truth.calls());
        calls.replaceAll(call -> call.id() == chosen.id() ? change.of(call) : call);
        return Optional.of(new History(calls, truth.watches()));
    }

    private static boolean isAnswered(Call call) {
        return call.outcome() instanceof Outcome.Answered;
    }

    private static boolean isWrite(Call call) {
        return call.outcome() instanceof Outcome.Answered(long _, long _, Outcome.Answer answer)
                && (answer instanceof Outcome.PutDone || answer.equals(new Outcome.TxnDone(true)));
    }

    private static long returned(Call call) {
        return call.outcome() instanceof Outcome.Answered answered ? answered.returnedNanos() : Long.MAX_VALUE;
    }

    private static Call answering(Call call, Outcome.Answer answer) {
        Outcome.Answered old = (Outcome.Answered) call.outcome();
        return new Call(
                call.id(),
                call.invokedNanos(),
                call.operation(),
                new Outcome.Answered(old.returnedNanos(), old.revision(), answer));
    }

    private static Call claiming(Call call, int more) {
        Outcome.Answered old = (Outcome.Answered) call.outcome();
        return new Call(
                call.id(),
                call.invokedNanos(),
                call.operation(),
                new Outcome.Answered(old.returnedNanos(), old.revision() + more, old.answer()));
    }

    private static Call contradicted(Call call) {
        Optional<Entry> invented = Optional.of(new Entry("invented", 1, 1, 1));
        return answering(
                call,
                switch (((Outcome.Answered) call.outcome()).answer()) {
                    case Outcome.PutDone(Optional<Entry> previous) ->
                        new Outcome.PutDone(previous.isPresent() ? Optional.empty() : invented);
                    case Outcome.DeleteDone(Optional<Entry> previous) ->
                        new Outcome.DeleteDone(previous.isPresent() ? Optional.empty() : invented);
                    case Outcome.TxnDone(boolean succeeded) -> new Outcome.TxnDone(!succeeded);
                    case Outcome.Found found -> {
                        TreeMap<String, Entry> entries = new TreeMap<>(found.entries());
                        if (entries.pollFirstEntry() == null) {
                            entries.put("g0/a", invented.orElseThrow());
                        }
                        yield new Outcome.Found(entries);
                    }
                });
    }

    private static <T> T pick(List<T> list, SplittableRandom random) {
        assertThat(list).isNotEmpty();
        return list.get(random.nextInt(list.size()));
    }
}
