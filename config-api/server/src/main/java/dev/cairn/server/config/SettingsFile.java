package dev.cairn.server.config;

import dev.cairn.genesis.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A configuration file as written: {@code key = value} lines, blank lines, and comments that begin with #. */
public final class SettingsFile<S extends Enum<S> & SettingKey> {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private record Entry(int line, String value) {}

    private final Path file;
    private final Map<S, Entry> entries;

    private SettingsFile(Path file, Map<S, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * Reads {@code file}.
     *
     * @param keys what may stand in it
     * @param origin a clause that says where such a file comes from, for whoever has none
     */
    public static <S extends Enum<S> & SettingKey> SettingsFile<S> read(Path file, Class<S> keys, String origin)
            throws StartupException {
        try {
            return parse(file, Files.readString(file), keys);
        } catch (NoSuchFileException e) {
            throw new StartupException(file + ": there is no such configuration file; " + origin, e);
        } catch (IOException e) {
            throw new StartupException(
                    file + ": cannot be read (" + e.getMessage()
                            + "); it must be a text file in UTF-8 that you may read",
                    e);
        }
    }

    static <S extends Enum<S> & SettingKey> SettingsFile<S> parse(Path file, String text, Class<S> keys)
            throws StartupException {
        Map<S, Entry> entries = new EnumMap<>(keys);
        S[] known = keys.getEnumConstants();
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
            S setting = Arrays.stream(known)
                    .filter(each -> each.key().equals(key))
                    .findFirst()
                    .orElseThrow(() -> new StartupException(
                            where + "unknown key \"" + key + "\"; remove it, or write one of: " + list(known)));
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
        return new SettingsFile<>(file, entries);
    }

    private static String list(SettingKey[] known) {
        return Arrays.stream(known).map(SettingKey::key).collect(Collectors.joining(", "));
    }

    public int number(S setting) throws StartupException {
        String value = value(setting);
        if (!NUMBER.matcher(value).matches()) {
            throw refuse(setting, "\"" + value + "\" is not a whole number from 0");
        }
        return Integer.parseInt(value);
    }

    /** A whole number, or nothing where the file says {@code all}. */
    public OptionalLong numberOrAll(S setting) throws StartupException {
        String value = value(setting);
        if (value.equals("all")) {
            return OptionalLong.empty();
        }
        if (!NUMBER.matcher(value).matches()) {
            throw refuse(setting, "\"" + value + "\" is neither \"all\" nor a whole number from 0");
        }
        return OptionalLong.of(Long.parseLong(value));
    }

    public Path path(S setting) throws StartupException {
        String value = value(setting);
        try {
            return directory().resolve(value).normalize();
        } catch (InvalidPathException e) {
            throw refuse(setting, "\"" + value + "\" is not a path");
        }
    }

    public Optional<Path> optionalPath(S setting) throws StartupException {
        return entries.containsKey(setting) ? Optional.of(path(setting)) : Optional.empty();
    }

    public Optional<HostPort> address(S setting) throws StartupException {
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
    public StartupException refuse(S setting, String what) {
        Entry entry = entries.get(setting);
        return new StartupException(
                file + (entry == null ? "" : ":" + entry.line()) + ": " + setting.key() + ": " + what);
    }

    /** What the file says, if it names the key. */
    public Optional<String> given(S setting) {
        return Optional.ofNullable(entries.get(setting)).map(Entry::value);
    }

    /** What the file says, or what holds where it says nothing. */
    public String value(S setting) throws StartupException {
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
