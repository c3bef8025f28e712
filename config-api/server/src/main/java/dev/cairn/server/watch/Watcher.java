package dev.cairn.server.watch;

/** One watch of a stream. Belongs to the hub's thread. */
final class Watcher {
    final WatchStream stream;
    final long id;
    final WatchSpec spec;

    /** It has been given everything below this revision; lower changes are not for it. */
    long next;
    /** It is fed by commits; otherwise by history. */
    boolean synced;
    /** No event went out since the last progress beat. */
    boolean quiet = true;

    boolean cancelled;

    Watcher(WatchStream stream, long id, WatchSpec spec, long next, boolean synced) {
        this.stream = stream;
        this.id = id;
        this.spec = spec;
        this.next = next;
        this.synced = synced;
    }

    boolean wants(Change change) {
        return change.revision() >= next && (change.isDelete() ? spec.deletes() : spec.puts());
    }

    /** Whether everything up to {@code revision} that concerns it has been handed to its stream. */
    boolean isCurrentAt(long revision) {
        return synced && next <= revision + 1;
    }
}
