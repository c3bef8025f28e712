package dev.cairn.chaos.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The console blocks of a document: {@code alice$ what she types}, lines that begin with {@code > } as they go on, and below
 * what she sees.
 */
record Transcript(List<Step> steps) {
    private static final String BEGIN = "```console";
    private static final String END = "```";
    private static final Pattern PROMPT = Pattern.compile("([a-z0-9-]+)\\$ (.*)");
    private static final String GOES_ON = "> ";

    /**
     * One command.
     *
     * @param line of the document, from 1
     * @param expected what is printed, as the document has it
     */
    record Step(int line, String who, String command, List<String> expected) {
        Step {
            expected = List.copyOf(expected);
        }
    }

    Transcript {
        steps = List.copyOf(steps);
    }

    static Transcript read(Path document) throws IOException {
        return parse(Files.readAllLines(document));
    }

    static Transcript parse(List<String> document) {
        List<Step> steps = new ArrayList<>();
        boolean inside = false;
        for (int i = 0; i < document.size(); i++) {
            String line = document.get(i);
            if (!inside) {
                inside = line.equals(BEGIN);
            } else if (line.equals(END)) {
                inside = false;
            } else {
                take(steps, i + 1, line);
            }
        }
        return new Transcript(steps);
    }

    private static void take(List<Step> steps, int number, String line) {
        Matcher prompt = PROMPT.matcher(line);
        if (prompt.matches()) {
            steps.add(new Step(number, prompt.group(1), prompt.group(2), List.of()));
            return;
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("line " + number + " is printed by no command: " + line);
        }
        Step last = steps.removeLast();
        boolean goesOn = line.startsWith(GOES_ON) && last.expected().isEmpty();
        List<String> expected = new ArrayList<>(last.expected());
        String command = last.command();
        if (goesOn) {
            command += "\n" + line.substring(GOES_ON.length());
        } else {
            expected.add(line);
        }
        steps.add(new Step(last.line(), last.who(), command, expected));
    }
}
