package dev.cairn.agent.git;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jgit.internal.storage.dfs.DfsObjDatabase;
import org.eclipse.jgit.internal.storage.dfs.DfsOutputStream;
import org.eclipse.jgit.internal.storage.dfs.DfsPackDescription;
import org.eclipse.jgit.internal.storage.dfs.DfsReaderOptions;
import org.eclipse.jgit.internal.storage.dfs.ReadableChannel;
import org.eclipse.jgit.internal.storage.pack.PackExt;
import org.jspecify.annotations.Nullable;

/**
 * Git's packs in files that have no name any more when they are written. Of whoever reads them nobody may be interrupted: that
 * would close the file for all.
 */
final class PackFiles extends DfsObjDatabase {
    private static final Logger LOG = System.getLogger(PackFiles.class.getName());

    static final int BLOCK_BYTES = 64 << 10;

    /** No two packs of a process have the same name, under which blocks of them are cached. */
    private static final AtomicLong LAST_NAME = new AtomicLong();

    private final Path directory;
    private final Map<String, FileChannel> files = new ConcurrentHashMap<>();
    private List<DfsPackDescription> packs = List.of();

    PackFiles(ObjectStore store, Path directory) {
        super(store, new DfsReaderOptions());
        this.directory = directory;
    }

    synchronized int count() {
        return packs.size();
    }

    long bytes() {
        return files.values().stream().mapToLong(PackFiles::size).sum();
    }

    private static long size(FileChannel file) {
        try {
            return file.size();
        } catch (IOException e) {
            return 0; // closed meanwhile, and free
        }
    }

    void closeFiles() {
        files.values().forEach(PackFiles::close);
    }

    @Override
    protected DfsPackDescription newPack(PackSource source) {
        return new DfsPackDescription(getRepository().getDescription(), "pack-" + LAST_NAME.incrementAndGet(), source);
    }

    @Override
    protected synchronized void commitPackImpl(
            Collection<DfsPackDescription> added, @Nullable Collection<DfsPackDescription> replaced) {
        List<DfsPackDescription> all = new ArrayList<>(added);
        all.addAll(packs);
        if (replaced != null) {
            all.removeAll(replaced);
        }
        packs = List.copyOf(all);
        clearCache();
    }

    @Override
    protected void rollbackPack(Collection<DfsPackDescription> abandoned) {
        for (DfsPackDescription pack : abandoned) {
            for (PackExt part : PackExt.values()) {
                FileChannel file = files.remove(pack.getFileName(part));
                if (file != null) {
                    close(file);
                }
            }
        }
    }

    private static void close(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a file of objects that nobody needs any more", e);
        }
    }

    @Override
    protected synchronized List<DfsPackDescription> listPacks() {
        return packs;
    }

    @Override
    protected ReadableChannel openFile(DfsPackDescription pack, PackExt part) throws IOException {
        FileChannel file = files.get(pack.getFileName(part));
        if (file == null) {
            throw new FileNotFoundException(pack.getFileName(part));
        }
        return new Reading(file);
    }

    @Override
    protected DfsOutputStream writeFile(DfsPackDescription pack, PackExt part) throws IOException {
        String name = pack.getFileName(part);
        Files.createDirectories(directory);
        FileChannel file = FileChannel.open(
                directory.resolve(name),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE); // on Unix that is at once
        files.put(name, file);
        return new Writing(file);
    }

    @Override
    public long getApproximateObjectCount() {
        return listPacks().stream()
                .mapToLong(DfsPackDescription::getObjectCount)
                .sum();
    }

    private static final class Writing extends DfsOutputStream {
        private final FileChannel file;

        Writing(FileChannel file) {
            this.file = file;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(bytes, from, length);
            while (left.hasRemaining()) {
                file.write(left);
            }
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            return file.read(into, position);
        }
    }

    /** A place in a file that others read as well. */
    private static final class Reading implements ReadableChannel {
        private final FileChannel file;
        private long position;
        private boolean isOpen = true;

        Reading(FileChannel file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            int read = file.read(into, position);
            position += Math.max(0, read);
            return read;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void position(long to) {
            position = to;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int blockSize() {
            return 0; // any
        }

        @Override
        public void setReadAheadBytes(int bytes) {}

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public void close() {
            isOpen = false;
        }
    }
}
