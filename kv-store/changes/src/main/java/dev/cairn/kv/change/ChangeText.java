package dev.cairn.kv.change;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The one text of a change; docs/changes.md describes it. */
public final class ChangeText {
    static final String FORMAT = "cairn-change-1";

    private static final String WHAT = "the change";

    private ChangeText() {}

    static String print(Change change) {
        StringBuilder out =
                new StringBuilder(FORMAT).append('\n').append(Head.of(change).print());
        change.preconditions().forEach(precondition -> line(out, "expect", print(precondition)));
        change.operations().forEach(operation -> out.append(print(operation)).append('\n'));
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(name).append(' ').append(value).append('\n');
    }

    static String print(Precondition precondition) {
        String key = Words.printKey(precondition.key());
        return switch (precondition) {
            case Precondition.Absent _ -> key + " absent";
            case Precondition.LastWrittenAt at -> key + " revision " + at.revision();
            case Precondition.HasValue value ->
                key + " value " + value.valueDigest().toHex();
        };
    }

    private static String print(ChangeOperation operation) {
        return switch (operation) {
            case ChangeOperation.Put put ->
                "put " + Words.printKey(put.key()) + " " + put.valueBytes() + " "
                        + put.valueDigest().toHex();
            case ChangeOperation.Delete delete -> "delete " + Words.printKey(delete.key());
            case ChangeOperation.DeleteRange range ->
                "delete-range " + Words.printKey(range.from()) + " " + Words.printKey(range.until());
        };
    }

    /** A key or a prefix as it stands in the text. */
    public static String printKey(Bytes key) {
        return Words.printKey(key);
    }

    /** The key that {@link #printKey} writes so, if it does for any that may be. */
    public static Optional<Bytes> parseKey(String word) {
        return Words.parseKey(word);
    }

    /** Reads the text; refuses everything that {@link Change#text} would not have written. */
    public static Change parse(Bytes text) throws ChangeException {
        Lines in = Lines.of(WHAT, text);
        Change change;
        try {
            change = read(in);
        } catch (IllegalArgumentException e) {
            throw ChangeException.of(e);
        }
        Lines.requireSame(WHAT, text, change.text());
        return change;
    }

    private static Change read(Lines in) throws ChangeException {
        in.requireFirst(FORMAT);
        Head head = Head.read(in);
        List<Precondition> preconditions = new ArrayList<>();
        List<ChangeOperation> operations = new ArrayList<>();
        while (in.hasNext()) {
            String[] words = in.nextLine().split(" ", -1);
            if (words[0].equals("expect")) {
                preconditions.add(precondition(in, words));
            } else {
                operations.add(operation(in, words));
            }
        }
        return new Change(
                head.chain(),
                head.baseRevision(),
                head.validFromSeconds(),
                head.expiresSeconds(),
                head.author(),
                head.reason(),
                preconditions,
                operations);
    }

    private static Precondition precondition(Lines in, String[] words) throws ChangeException {
        if (words.length == 3 && words[2].equals("absent")) {
            return new Precondition.Absent(in.key(words[1]));
        }
        if (words.length == 4 && words[2].equals("revision")) {
            return new Precondition.LastWrittenAt(in.key(words[1]), in.number(words[3]));
        }
        if (words.length == 4 && words[2].equals("value")) {
            return new Precondition.HasValue(in.key(words[1]), in.digest(words[3]));
        }
        throw in.wrong("is not \"expect KEY\" and then absent, revision N or value SHA-256");
    }

    private static ChangeOperation operation(Lines in, String[] words) throws ChangeException {
        if (words.length == 4 && words[0].equals("put")) {
            return new ChangeOperation.Put(in.key(words[1]), in.number(words[2]), in.digest(words[3]));
        }
        if (words.length == 2 && words[0].equals("delete")) {
            return new ChangeOperation.Delete(in.key(words[1]));
        }
        if (words.length == 3 && words[0].equals("delete-range")) {
            return new ChangeOperation.DeleteRange(in.key(words[1]), in.key(words[2]));
        }
        throw in.wrong("is no expect, put, delete or delete-range");
    }
}
