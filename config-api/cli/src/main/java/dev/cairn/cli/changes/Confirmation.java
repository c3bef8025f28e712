package dev.cairn.cli.changes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Set;

/** Asks whether to go on. */
final class Confirmation {
    private static final Set<String> YES = Set.of("y", "Y", "yes", "Yes", "YES");

    private Confirmation() {}

    /** Anything but a clear yes, also the end of the input, is a no. */
    static boolean isGiven(PrintWriter out, String question) {
        out.print(question + " [y/N] ");
        out.flush();
        try {
            String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return answer != null && YES.contains(answer.strip());
        } catch (IOException e) {
            return false;
        }
    }
}
