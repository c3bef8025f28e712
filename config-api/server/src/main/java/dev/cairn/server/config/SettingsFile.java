package dev.cairn.server.config;

import dev.cairn.genesis.HostPort;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** A configuration file as written: {@code key = value} lines, blank lines, and comments that begin with #. */
final class SettingsFile {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private record Entry(int line, String value) {}

    private final Path file;
    private final Map<Setting, Entry> entries;

    private SettingsFile(Path file, Map<Setting, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    static SettingsFile parse(Path file, String text) throws StartupException {
        Map<Setting, Entry> entries = new EnumMap<>(Setting.class);
        int number = 0;
        for (String raw : text.split("\n", -1)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String where = file + ":" + number + ": ";
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new StartupException(where + "\"" + line + "\" is no setting; write it as key = value");
            }
            String key = line.substring(0, equals).strip();
            String value = line.substring(equals + 1).strip();
            Setting setting = Setting.of(key)
                    .orElseThrow(() -> new StartupException(
                            where + "unknown key \"" + key + "\"; remove it, or write one of: " + Setting.known()));
            if (value.isEmpty()) {
                throw new StartupException(
                        where + key + " has no value; write for example \"" + key + " = " + setting.example() + "\"");
            }
            Entry earlier = entries.putIfAbsent(setting, new Entry(number, value));
            if (earlier != null) {
                throw new StartupException(
                        where + key + " was set in line " + earlier.line() + " already; remove one of the two");
            }
        }
        return new SettingsFile(file, entries);
    }

    int number(Setting setting) throws StartupException {
        String value = value(setting);
        if (!NUMBER.matcher(value).matches()) {
            throw refuse(setting, "\"" + value + "\" is not a whole number from 0");
        }
        return Integer.parseInt(value);
    }

    /** A whole number, or nothing where the file says {@code all}. */
    OptionalLong numberOrAll(Setting setting) throws StartupException {
        String value = value(setting);
        if (value.equals("all")) {
            return OptionalLong.empty();
        }
        if (!NUMBER.matcher(value).matches()) {
            throw refuse(setting, "\"" + value + "\" is neither \"all\" nor a whole number from 0");
        }
        return OptionalLong.of(Long.parseLong(value));
    }

    Path path(Setting setting) throws StartupException {
        String value = value(setting);
        try {
            return directory().resolve(value).normalize();
        } catch (InvalidPathException e) {
            throw refuse(setting, "\"" + value + "\" is not a path");
        }
    }

    Optional<Path> optionalPath(Setting setting) throws StartupException {
        return entries.containsKey(setting) ? Optional.of(path(setting)) : Optional.empty();
    }

    Optional<HostPort> address(Setting setting) throws StartupException {
        if (!entries.containsKey(setting)) {
            return Optional.empty();
        }
        try {
            return Optional.of(HostPort.parse(value(setting)));
        } catch (IllegalArgumentException e) {
            throw refuse(setting, String.valueOf(e.getMessage()));
        }
    }

    /** An exception about {@code setting}, with the file and, where it is set, the line. */
    StartupException refuse(Setting setting, String what) {
        Entry entry = entries.get(setting);
        return new StartupException(
                file + (entry == null ? "" : ":" + entry.line()) + ": " + setting.key() + ": " + what);
    }

    private String value(Setting setting) throws StartupException {
        Entry entry = entries.get(setting);
        if (entry != null) {
            return entry.value();
        }
        return setting.fallback()
                .orElseThrow(() -> new StartupException(file + ": the key \"" + setting.key() + "\" is missing ("
                        + setting.meaning() + "); add a line such as \"" + setting.key() + " = " + setting.example()
                        + "\""));
    }

    private Path directory() {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }
}
