package dev.cairn.client.repo;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The record of the files that are not plain ones: a line with mode and path for each, in the order of the paths. */
final class Modes {
    private static final String FORMAT = "cairn-modes-1";
    private static final char PARTED_BY = ' ';

    private Modes() {}

    static Bytes print(SortedMap<TreePath, TreeFile> files) {
        StringBuilder out = new StringBuilder(FORMAT).append('\n');
        files.forEach((path, file) -> {
            if (file.mode() != FileMode.REGULAR) {
                out.append(file.mode().digits())
                        .append(PARTED_BY)
                        .append(ChangeText.printKey(path.utf8()))
                        .append('\n');
            }
        });
        return Bytes.utf8(out.toString());
    }

    /** Reads what {@link #print} writes, and nothing else. */
    static SortedMap<TreePath, FileMode> parse(Bytes record) throws TreeException {
        List<String> lines = new ArrayList<>(Arrays.asList(record.toUtf8().split("\n", -1)));
        SortedMap<TreePath, FileMode> modes = new TreeMap<>();
        if (lines.size() < 2
                || !lines.getFirst().equals(FORMAT)
                || !lines.getLast().isEmpty()) {
            throw malformed();
        }
        for (String line : lines.subList(1, lines.size() - 1)) {
            Map.Entry<TreePath, FileMode> read = line(line);
            if (!modes.isEmpty() && modes.lastKey().compareTo(read.getKey()) >= 0) {
                throw malformed();
            }
            modes.put(read.getKey(), read.getValue());
        }
        return modes;
    }

    private static Map.Entry<TreePath, FileMode> line(String line) throws TreeException {
        int end = line.indexOf(PARTED_BY);
        if (end < 0) {
            throw malformed();
        }
        Optional<FileMode> mode = FileMode.of(line.substring(0, end)).filter(some -> some != FileMode.REGULAR);
        Optional<Bytes> path = ChangeText.parseKey(line.substring(end + 1));
        if (mode.isEmpty() || path.isEmpty()) {
            throw malformed();
        }
        return Map.entry(TreePath.of(path.get()), mode.get());
    }

    private static TreeException malformed() {
        return new TreeException("what says which files are executable or links cannot be read; publish it anew");
    }
}
