package dev.cairn.kv.store;

import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A state that is being collected, in a database of its own beside the current one, which it never touches. Errors of the
 * disk end it with a {@link StoreException}.
 */
public final class IncomingRecords implements AutoCloseable {
    private final Directories directories;
    private final Header header;
    private @Nullable KvRecords records;

    IncomingRecords(Directories directories, Digest chainId, Header header) {
        this.directories = directories;
        this.header = header;
        this.records = KvRecords.open(directories.incoming(), chainId);
    }

    /** Writes versions, each with the history before it, and heads of keys, in any order. */
    public synchronized void write(List<Leaf> versions, List<Leaf> heads) {
        open().write(versions, heads, header.roots().compactRevision());
    }

    /**
     * Reads everything back; and if it is the header's state, and whole, makes it durable under the header's name and ends
     * this. False if it is not: more may be added.
     */
    public synchronized boolean complete() {
        KvRecords all = open();
        Tree tree = all.tree();
        if (!tree.rootHash().equals(header.roots().stateRoot())
                || !all.hasAllVersions(tree, header.roots().compactRevision())) {
            return false;
        }
        all.writeApplied(header.height(), header.roots());
        all.sync();
        close();
        directories.complete(header.digest());
        return true;
    }

    /** False once it is complete, or closed: then nothing more is to be written. */
    public synchronized boolean isOpen() {
        return records != null;
    }

    private KvRecords open() {
        KvRecords now = records;
        if (now == null) {
            throw new IllegalStateException("the incoming state is complete, or closed");
        }
        return now;
    }

    @Override
    public synchronized void close() {
        KvRecords now = records;
        if (now != null) {
            records = null;
            now.close();
        }
    }
}
