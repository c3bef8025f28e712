package dev.cairn.server.watch;

import java.util.List;

/** The committed changes, as far back as compaction has left them. */
public interface Timeline {

    /** The revision of the committed state. Never blocks. */
    long revision();

    /** Changes of lower revisions are gone. Never blocks. */
    long compactRevision();

    /** The next page of what changed in {@code interval} from revision {@code from} on. May block. */
    Page read(KeyInterval interval, long from);

    /** An answer of {@link #read}. */
    sealed interface Page {
        /**
         * Every change of the interval in revisions {@code from} to {@code through}, in order; no revision is split.
         * {@code through} is at least {@code from} unless nothing is committed there yet.
         */
        record Changes(List<Change> changes, long through) implements Page {
            public Changes {
                changes = List.copyOf(changes);
            }
        }

        /** {@code from} is below the compact revision. */
        record Compacted(long compactRevision) implements Page {}
    }
}
