package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.PrincipalName;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the audit knows of a change that waits.
 *
 * @param signatures as far as requests have brought them
 * @param withdrew who was told that they have taken their agreement back
 * @param readableSince the oldest revision that could be read when it was taken in
 */
record Waiting(List<ChangeRecord.Taken> signatures, Set<PrincipalName> withdrew, long readableSince) {
    Waiting {
        signatures = List.copyOf(signatures);
        withdrew = Collections.unmodifiableSet(new TreeSet<>(withdrew));
    }

    Waiting with(List<ChangeRecord.Taken> now) {
        return new Waiting(now, withdrew, readableSince);
    }

    Waiting without(PrincipalName person) {
        Set<PrincipalName> all = new TreeSet<>(withdrew);
        all.add(person);
        return new Waiting(signatures, all, readableSince);
    }
}
