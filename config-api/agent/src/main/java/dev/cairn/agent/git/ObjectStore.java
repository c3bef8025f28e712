package dev.cairn.agent.git;

import java.nio.file.Path;
import org.eclipse.jgit.internal.storage.dfs.DfsBlockCache;
import org.eclipse.jgit.internal.storage.dfs.DfsBlockCacheConfig;
import org.eclipse.jgit.internal.storage.dfs.DfsRefDatabase;
import org.eclipse.jgit.internal.storage.dfs.DfsRepository;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryBuilder;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.ReflogReader;
import org.eclipse.jgit.util.RefList;
import org.eclipse.jgit.util.SystemReader;

/**
 * The objects of one repository, on disk in files without a name: they are gone with the process, so nothing is ever read
 * that another has put there. Whoever serves them says which references there are; it has none itself. Closed, and its disk
 * free, when nobody holds it any more.
 */
final class ObjectStore extends DfsRepository {
    /** Of all stores together; a multiple of a block, of which there is no room for many in the agent's heap. */
    private static final int BLOCK_CACHE_BYTES = 4 << 20;

    static {
        SystemReader.setInstance(new NoSettings(SystemReader.getInstance()));
        DfsBlockCache.reconfigure(new DfsBlockCacheConfig()
                .setBlockSize(PackFiles.BLOCK_BYTES)
                .setBlockLimit(BLOCK_CACHE_BYTES)
                .setConcurrencyLevel(4));
    }

    private final PackFiles packs;
    private int holders = 1;

    private ObjectStore(Builder builder) {
        super(builder);
        packs = new PackFiles(this, builder.directory);
    }

    /** An empty one, with one holder. */
    static ObjectStore create(String name, Path directory) {
        return new Builder(directory)
                .setRepositoryDescription(new DfsRepositoryDescription(name))
                .build();
    }

    private static final class Builder extends DfsRepositoryBuilder<Builder, ObjectStore> {
        private final Path directory;

        Builder(Path directory) {
            this.directory = directory;
        }

        @Override
        public ObjectStore build() {
            return new ObjectStore(this);
        }
    }

    /** Another holder; each must {@link #release}. */
    synchronized void hold() {
        if (holders == 0) {
            throw new IllegalStateException("it is closed");
        }
        holders++;
    }

    synchronized void release() {
        holders--;
        if (holders == 0) {
            packs.closeFiles();
        }
    }

    /** On disk. */
    long bytes() {
        return packs.bytes();
    }

    int packs() {
        return packs.count();
    }

    @Override
    public PackFiles getObjectDatabase() {
        return packs;
    }

    @Override
    public DfsRefDatabase getRefDatabase() {
        return new DfsRefDatabase(this) {
            @Override
            protected RefCache scanAllRefs() {
                return new RefCache(RefList.emptyList(), RefList.emptyList());
            }

            @Override
            public ReflogReader getReflogReader(Ref ref) {
                throw new UnsupportedOperationException();
            }

            @Override
            protected boolean compareAndPut(Ref oldRef, Ref newRef) {
                return false;
            }

            @Override
            protected boolean compareAndRemove(Ref oldRef) {
                return false;
            }
        };
    }
}
