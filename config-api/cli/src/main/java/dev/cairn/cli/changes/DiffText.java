package dev.cairn.cli.changes;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A diff for people, in git's form. Values are parted at line ends, so one that ends with a line end has an empty last line;
 * nothing of a value is left out, and nothing of it acts on the terminal.
 */
final class DiffText {
    private static final int CONTEXT_LINES = 3;

    private final Paint paint;
    private final List<String> lines = new ArrayList<>();

    private DiffText(Paint paint) {
        this.paint = paint;
    }

    static List<String> of(ChangeDiff diff, Paint paint) {
        DiffText text = new DiffText(paint);
        diff.keys().forEach(text::add);
        diff.ranges().forEach(text::add);
        diff.conflicts().forEach(conflict -> text.lines.add(paint.red("conflict: " + sentence(conflict))));
        return text.lines;
    }

    /** Two texts of which there is no key. */
    static List<String> ofLines(List<String> before, List<String> after, Paint paint) {
        DiffText text = new DiffText(paint);
        text.addHunks(LineDiff.of(before, after));
        return text.lines;
    }

    /** The values of a change where it is not known what is there now. */
    static List<String> ofValues(ChangeValues values, Paint paint) {
        DiffText text = new DiffText(paint);
        values.byKey().forEach((key, value) -> {
            text.lines.add(paint.bold("--- (not known)"));
            text.lines.add(paint.bold("+++ " + ChangeText.printKey(key)));
            Optional<List<String>> lines = textLines(Optional.of(value));
            if (lines.isPresent()) {
                text.addHunks(LineDiff.of(List.of(), lines.get()));
            } else {
                text.lines.add(paint.green("+" + binary(value)));
            }
        });
        return text.lines;
    }

    private void add(ChangeDiff.Key key) {
        String name = ChangeText.printKey(key.key());
        String before = key.before()
                .map(record -> name + "  (revision " + record.modRevision() + ")")
                .orElse("(absent)");
        lines.add(paint.bold("--- " + before));
        lines.add(paint.bold("+++ " + (key.after().isPresent() ? name : "(deleted)")));
        Optional<Bytes> old = key.before().map(KeyValue::value);
        if (key.isUnchanged()) {
            lines.add(key.after().isPresent() ? "(the value stays what it is)" : "(it is not there, and stays so)");
            return;
        }
        Optional<List<String>> oldLines = textLines(old);
        Optional<List<String>> newLines = textLines(key.after());
        if (oldLines.isPresent() && newLines.isPresent()) {
            addHunks(LineDiff.of(oldLines.get(), newLines.get()));
        } else {
            old.ifPresent(value -> lines.add(paint.red("-" + binary(value))));
            key.after().ifPresent(value -> lines.add(paint.green("+" + binary(value))));
        }
    }

    private void add(ChangeDiff.Range range) {
        lines.add(paint.bold("every key from " + ChangeText.printKey(range.from()) + " to before "
                + ChangeText.printKey(range.until()) + " is deleted; now there "
                + (range.count() == 1 ? "is 1" : "are " + range.count())));
    }

    /** No lines where there is no value; nothing where it is no text. */
    private static Optional<List<String>> textLines(Optional<Bytes> value) {
        if (value.isEmpty()) {
            return Optional.of(List.of());
        }
        return Visible.decode(value.get())
                .map(text ->
                        Arrays.stream(text.split("\n", -1)).map(Visible::text).toList());
    }

    private static String binary(Bytes value) {
        return "(" + value.size() + " bytes, SHA-256 "
                + Hashing.sha256(value.shared()).toHex() + ")";
    }

    private void addHunks(List<LineDiff.Line> all) {
        int shownUntil = 0;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).kind() == LineDiff.Kind.BOTH) {
                continue;
            }
            int from = Math.max(shownUntil, i - CONTEXT_LINES);
            int end = endOfHunk(all, i);
            if (from > 0) {
                lines.add(paint.cyan("@@ line " + (linesOfOld(all, from) + 1) + " @@"));
            }
            all.subList(from, end).forEach(line -> lines.add(painted(line)));
            shownUntil = end;
            i = end - 1;
        }
    }

    /** Behind the context of the last change that is near. */
    private static int endOfHunk(List<LineDiff.Line> all, int first) {
        int last = first;
        for (int i = first; i < all.size() && i - last <= 2 * CONTEXT_LINES; i++) {
            if (all.get(i).kind() != LineDiff.Kind.BOTH) {
                last = i;
            }
        }
        return Math.min(all.size(), last + 1 + CONTEXT_LINES);
    }

    private static long linesOfOld(List<LineDiff.Line> all, int until) {
        return all.subList(0, until).stream()
                .filter(line -> line.kind() != LineDiff.Kind.ADDED)
                .count();
    }

    private String painted(LineDiff.Line line) {
        return switch (line.kind()) {
            case BOTH -> " " + line.text();
            case REMOVED -> paint.red("-" + line.text());
            case ADDED -> paint.green("+" + line.text());
        };
    }

    static String sentence(ChangeDiff.Conflict conflict) {
        String key = ChangeText.printKey(conflict.expected().key());
        String found = conflict.found()
                .map(record -> "it was last written at revision " + record.modRevision())
                .orElse("it is absent");
        return switch (conflict.expected()) {
            case Precondition.Absent _ -> "key " + key + " should be absent, and " + found;
            case Precondition.LastWrittenAt at ->
                "key " + key + " should be that of revision " + at.revision() + ", and " + found;
            case Precondition.HasValue value ->
                "key " + key + " should have the value with SHA-256 "
                        + value.valueDigest().toHex() + ", and has another: " + found;
        };
    }
}
