package dev.cairn.kv.governed;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.VerdictText;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the model and the store say, in the same words; where order means nothing, without it. */
final class Shown {
    private static final Pattern REASON = Pattern.compile("(\\w+)\\[");

    /** Every kind of objection, and of reason why a signature does not count. */
    static final Set<String> REASONS = Stream.of(Objection.class, SignerRefusal.class)
            .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
            .map(Class::getSimpleName)
            .collect(Collectors.toSet());

    private Shown() {}

    static String failed(KvError error, long revision) {
        return "Failed " + error + " r" + revision;
    }

    static String done(String what, long revision) {
        return what + " r" + revision;
    }

    static String change(
            ChangeStanding standing,
            long revision,
            Collection<? extends Objection> objections,
            Collection<? extends SignerRefusal> uncounted) {
        return standing + " r" + revision + verdict(objections, uncounted);
    }

    private static String verdict(
            Collection<? extends Objection> objections, Collection<? extends SignerRefusal> uncounted) {
        return " " + sorted(objections) + (uncounted.isEmpty() ? "" : " uncounted " + sorted(uncounted));
    }

    private static String sorted(Collection<?> all) {
        return new TreeSet<>(all.stream().map(Object::toString).toList())
                .stream().collect(Collectors.joining(", ", "[", "]"));
    }

    private static VerdictText.Verdict parse(Bytes detail) {
        try {
            return VerdictText.parse(detail);
        } catch (ChangeException e) {
            throw new AssertionError("no verdict: " + detail.toUtf8(), e);
        }
    }

    /** What kinds of reasons are in an answer. */
    static Set<String> reasons(String answer) {
        Set<String> kinds =
                REASON.matcher(answer).results().map(found -> found.group(1)).collect(Collectors.toSet());
        kinds.retainAll(REASONS);
        return kinds;
    }

    static String outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Put put -> done("Put", put.revision());
            case Outcome.Deleted deleted -> done("Deleted " + deleted.count(), deleted.revision());
            case Outcome.Txn txn -> done("Txn " + txn.succeeded(), txn.revision());
            case Outcome.Compacted compacted -> done("Compacted", compacted.revision());
            case Outcome.Failed failed -> failed(failed.error(), failed.revision());
            case Outcome.Change change -> {
                VerdictText.Verdict verdict = parse(change.detail());
                yield change(change.standing(), change.revision(), verdict.objections(), verdict.uncounted());
            }
            case Outcome.Ranged _, Outcome.SessionOpened _, LeaseOutcome _, Outcome.AuthChanged _, Outcome.Upkept _ ->
                throw new AssertionError("nobody asked for what ends in " + outcome);
        };
    }

    static String entry(Bytes value, long created, long modified, long version) {
        return value.toUtf8() + " c" + created + " m" + modified + " v" + version;
    }

    static String value(Bytes value) {
        return value.toHex();
    }

    static String record(
            ChangeStanding standing,
            Bytes text,
            List<ChangeRecord.Taken> signatures,
            long seconds,
            long revision,
            Collection<? extends Objection> why) {
        return standing + " at " + seconds + " r" + revision + " " + sorted(why) + "\n" + text.toUtf8()
                + signatures(signatures);
    }

    static String signatures(List<ChangeRecord.Taken> signatures) {
        return signatures.stream()
                .map(taken -> taken.purpose() + " at " + taken.seconds() + " "
                        + taken.signature().toUtf8())
                .collect(Collectors.joining());
    }

    static String record(ChangeRecord record) {
        return record(
                record.standing(),
                record.text(),
                record.signatures(),
                record.settledSeconds(),
                record.revision(),
                parse(record.detail()).objections());
    }
}
