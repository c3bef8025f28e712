package dev.cairn.kv;

import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.tree.Tree;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.SortedSet;
import java.util.TreeSet;

/** The alarms that are raised: one record of the state, in order; none if there are none. */
final class Alarms {
    /** Whoever may raise alarms does not fill the state with them. */
    static final int MAX = 64;

    private static final int ENTRY_BYTES = 9;

    private Alarms() {}

    static SortedSet<Alarm> in(Tree tree) {
        return tree.get(SystemSpace.ALARMS)
                .map(leaf -> decode(leaf.head().value().resident().orElseThrow()))
                .orElseGet(TreeSet::new);
    }

    static SortedSet<Alarm> in(Draft draft) {
        return draft.system(SystemSpace.ALARMS).map(Alarms::decode).orElseGet(TreeSet::new);
    }

    static boolean isRaised(Draft draft, Alarm.Kind kind) {
        return in(draft).stream().anyMatch(alarm -> alarm.kind() == kind);
    }

    static Outcome raise(Draft draft, Alarm alarm) {
        SortedSet<Alarm> alarms = in(draft);
        boolean changed = alarms.add(alarm);
        if (alarms.size() > MAX) {
            return new Outcome.Failed(draft.revision, KvError.TOO_MANY_ALARMS);
        }
        if (changed) {
            draft.putSystem(SystemSpace.ALARMS, encode(alarms));
        }
        return new Outcome.Upkept(draft.revision, changed);
    }

    static Outcome disarm(Draft draft, Alarm alarm) {
        SortedSet<Alarm> alarms = in(draft);
        boolean changed = alarms.remove(alarm);
        if (changed && alarms.isEmpty()) {
            draft.removeSystem(SystemSpace.ALARMS);
        } else if (changed) {
            draft.putSystem(SystemSpace.ALARMS, encode(alarms));
        }
        return new Outcome.Upkept(draft.revision, changed);
    }

    private static Bytes encode(SortedSet<Alarm> alarms) {
        ByteWriter out = new ByteWriter(ENTRY_BYTES * alarms.size());
        alarms.forEach(alarm -> out.putByte(alarm.kind().code()).putLong(alarm.member()));
        return Bytes.wrap(out.toArray());
    }

    private static SortedSet<Alarm> decode(Bytes record) {
        SortedSet<Alarm> alarms = new TreeSet<>();
        for (int at = 0; at < record.size(); at += ENTRY_BYTES) {
            Alarm.Kind kind = Alarm.Kind.ofCode(record.at(at)).orElseThrow();
            alarms.add(new Alarm(BigEndian.getLong(record.shared(), at + 1), kind));
        }
        return alarms;
    }
}
