package dev.cairn.client.repo;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.protocol.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file's path in a tree, parts joined by {@code /}. It leads nowhere else: no part is empty, {@code .} or {@code ..}, and none
 * is what git keeps its own things under. Ordered by its bytes in UTF-8, as keys are.
 */
public final class TreePath implements Comparable<TreePath> {
    /** The first part of paths that are Cairn's own. */
    public static final String RESERVED = ".cairn";

    /** In bytes; with the longest prefix it is well below what a key may have. */
    public static final int MAX_BYTES = 2048;

    private static final int MAX_PART_BYTES = 255;

    private final String text;

    private TreePath(String text) {
        this.text = text;
    }

    /**
     * The path of that text.
     *
     * @throws TreeException if no file of a tree may have it
     */
    public static TreePath of(String text) throws TreeException {
        if (Bytes.utf8(text).size() > MAX_BYTES) {
            throw refused(text, "a path has at most " + MAX_BYTES + " bytes");
        }
        TreePath path = new TreePath(text);
        for (String part : path.parts()) {
            requirePart(text, part);
        }
        if (path.parts().getFirst().equals(RESERVED)) {
            throw refused(text, RESERVED + " is Cairn's own; rename it");
        }
        return path;
    }

    /** The path of which the key's end is the UTF-8. */
    static TreePath of(Bytes utf8) throws TreeException {
        try {
            return of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8.shared()))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new TreeException(ChangeText.printKey(utf8) + ": a path is UTF-8");
        }
    }

    static void requirePart(String path, String part) throws TreeException {
        if (part.isEmpty() || part.equals(".") || part.equals("..")) {
            throw refused(path, "no part of a path is empty, \".\" or \"..\"");
        }
        if (part.indexOf('\0') >= 0 || Bytes.utf8(part).size() > MAX_PART_BYTES) {
            throw refused(path, "a name has 1 to " + MAX_PART_BYTES + " bytes, none of them zero");
        }
        if (GitNames.areTaken(part)) {
            throw refused(path, part + " would be taken for git's own");
        }
    }

    private static TreeException refused(String path, String why) {
        return new TreeException(ChangeText.printKey(Bytes.utf8(path)) + ": " + why);
    }

    TreeException refused(String why) {
        return refused(text, why);
    }

    public String text() {
        return text;
    }

    /** The directories that it lies in, the innermost first. */
    List<TreePath> directories() {
        List<TreePath> above = new ArrayList<>();
        for (int end = text.lastIndexOf('/'); end > 0; end = text.lastIndexOf('/', end - 1)) {
            above.add(new TreePath(text.substring(0, end)));
        }
        return above;
    }

    public List<String> parts() {
        return List.of(text.split("/", -1));
    }

    Bytes utf8() {
        return Bytes.utf8(text);
    }

    @Override
    public int compareTo(TreePath other) {
        return utf8().compareTo(other.utf8());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TreePath that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
