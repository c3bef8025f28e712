package dev.cairn.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** How to start {@code cairn} once more: through the launcher that started this process, else as this process was. */
public final class Launch {
    /** The launcher script's absolute path, set by itself. */
    static final String LAUNCHER = "cairn.launcher";

    /** The launcher as the user typed it, set by itself. */
    static final String CALLED = "cairn.called";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9@%+=:,./_-]+");

    private Launch() {}

    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        String launcher = System.getProperty(LAUNCHER);
        if (launcher != null) {
            command.add(launcher);
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()));
        }
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** How hints name the command: as it was called, so that they can be typed where they are read. */
    public static String called() {
        return quoted(System.getProperty(CALLED, "cairn"));
    }

    /** {@link #command} as one line to type into a shell, in whatever directory. */
    static String typed(String... arguments) {
        StringBuilder line = new StringBuilder(
                System.getProperty(LAUNCHER) == null ? "cairn" : quoted(System.getProperty(LAUNCHER)));
        for (String argument : arguments) {
            line.append(' ').append(quoted(argument));
        }
        return line.toString();
    }

    static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
