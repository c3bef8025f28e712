package dev.cairn.chaos.history;

import java.util.List;

/**
 * What one watcher was told, in the order it came: everything about its prefix in the given revisions, by its server's
 * word.
 *
 * @param fromRevision the first that it asked for
 * @param toRevision the last that it was told of, or was surely told nothing about
 */
public record WatchStream(String watcher, String prefix, long fromRevision, long toRevision, List<Change> changes) {
    public WatchStream {
        changes = List.copyOf(changes);
    }
}
