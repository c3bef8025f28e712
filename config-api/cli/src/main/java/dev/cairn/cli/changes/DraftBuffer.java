package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What people write in their editor: a reason and operations, one a line.
 *
 * @param reason nothing if the line is empty
 */
record DraftBuffer(Optional<String> reason, List<Intent> intents) {
    private static final String HELP = """
            # Write why, and what is to be done, one operation a line. An empty reason gives the draft up.
            #
            #   put KEY VALUE           to the end of the line
            #   put-file KEY FILE
            #   delete KEY
            #   delete-range KEY KEY    from the first up to but without the second
            #
            # A blank in a key is %20, a percent sign %25. Lines that begin with # do not count.
            """;

    DraftBuffer {
        intents = List.copyOf(intents);
    }

    static String template(Optional<String> reason) {
        return "reason " + reason.orElse("") + "\n\n\n" + HELP;
    }

    static DraftBuffer parse(String text) throws Failure {
        Optional<String> reason = Optional.empty();
        List<Intent> intents = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.equals("reason") || line.startsWith("reason ")) {
                reason = Optional.of(line.substring("reason".length()).strip()).filter(given -> !given.isEmpty());
            } else {
                intents.add(intent(number, line));
            }
        }
        return new DraftBuffer(reason, intents);
    }

    private static Intent intent(int number, String line) throws Failure {
        String[] words = line.split(" ", 3);
        boolean isTriple = words.length == 3;
        if (words[0].equals("put") && words.length >= 2) {
            return new Intent.Put(key(number, words[1]), OperationOptions.typed(isTriple ? words[2] : ""));
        }
        if (words[0].equals("put-file") && isTriple) {
            return new Intent.Put(key(number, words[1]), OperationOptions.content(Path.of(words[2])));
        }
        if (words[0].equals("delete") && words.length == 2) {
            return new Intent.Delete(key(number, words[1]));
        }
        if (words[0].equals("delete-range") && isTriple) {
            return new Intent.DeleteRange(key(number, words[1]), key(number, words[2]));
        }
        throw wrong(number, "is no reason, put, put-file, delete or delete-range");
    }

    private static Bytes key(int number, String word) throws Failure {
        Optional<Bytes> key = ChangeText.parseKey(word);
        return key.orElseThrow(() -> wrong(number, "has no key, spelled with %XX where needed"));
    }

    private static Failure wrong(int number, String how) {
        return new Failure("line " + number + " of the draft " + how + "; nothing is drafted");
    }
}
