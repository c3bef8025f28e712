package dev.cairn.agent.git;

import dev.cairn.client.repo.FileMode;
import dev.cairn.client.repo.Outline;
import dev.cairn.client.repo.TreePath;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.TreeFormatter;

/**
 * Writes git's trees. Git sorts a directory as if its name ended in a slash; so whole paths in the order of their bytes have
 * every directory's entries in git's order.
 */
final class TreeWriter {
    private final ObjectInserter objects;
    private final Function<TreePath, ObjectId> blobs;

    private final List<Map.Entry<TreePath, FileMode>> files;

    private int next;

    private TreeWriter(
            ObjectInserter objects, Function<TreePath, ObjectId> blobs, List<Map.Entry<TreePath, FileMode>> files) {
        this.objects = objects;
        this.blobs = blobs;
        this.files = files;
    }

    /** The root's id. */
    static ObjectId write(Outline outline, Function<TreePath, ObjectId> blobs, ObjectInserter objects)
            throws IOException {
        return new TreeWriter(objects, blobs, List.copyOf(outline.files().entrySet())).directory("");
    }

    /** Takes all files that come next and begin with {@code prefix}, a directory's path with its slash. */
    private ObjectId directory(String prefix) throws IOException {
        TreeFormatter entries = new TreeFormatter();
        while (next < files.size() && files.get(next).getKey().text().startsWith(prefix)) {
            TreePath path = files.get(next).getKey();
            int end = path.text().indexOf('/', prefix.length());
            if (end < 0) {
                entries.append(
                        path.text().substring(prefix.length()),
                        mode(files.get(next).getValue()),
                        blobs.apply(path));
                next++;
            } else {
                String below = path.text().substring(0, end + 1);
                entries.append(
                        below.substring(prefix.length(), end), org.eclipse.jgit.lib.FileMode.TREE, directory(below));
            }
        }
        return objects.insert(Constants.OBJ_TREE, entries.toByteArray());
    }

    private static org.eclipse.jgit.lib.FileMode mode(FileMode mode) {
        return switch (mode) {
            case REGULAR -> org.eclipse.jgit.lib.FileMode.REGULAR_FILE;
            case EXECUTABLE -> org.eclipse.jgit.lib.FileMode.EXECUTABLE_FILE;
            case LINK -> org.eclipse.jgit.lib.FileMode.SYMLINK;
        };
    }
}
