package dev.cairn.chaos.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An etcdctl that asks one cluster. It remembers ids which that cluster drew, so that later commands can name them. */
final class Etcdctl {
    private static final int PATIENCE_SECONDS = 30;

    private static final Pattern HEXADECIMAL_ID = Pattern.compile("\\b[0-9a-f]{13,16}\\b");
    private static final Pattern DECIMAL_ID = Pattern.compile("\\b[0-9]{13,20}\\b");

    private static final Pattern DURATION = Pattern.compile("\\b[0-9.]+(ns|µs|ms|s)\\b");
    private static final Pattern TERM = Pattern.compile("\"raft_term\" ?: ?[0-9]+|\"RaftTerm\" : [0-9]+");
    private static final Pattern SECONDS = Pattern.compile("remaining\\([0-9]+s\\)|TTL\\([0-9]+s\\)|\"ttl\":[0-9]+,");
    private static final Pattern MEMBER = Pattern.compile("\\bdefault\\b|\\breplica-[0-9]+|https?://[0-9.:]+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)*( ?[kMG]?B)?");

    /** A lease's keys: in JSON, as fields are printed, and in words. etcd tells them in no order. */
    private static final Pattern KEYS = Pattern.compile("(\"keys\":\\[|attached keys\\(\\[)([^\\]]*)\\]");

    /** What etcdctl logs of its attempts, with times and addresses. */
    private static final String LOG_LINE = "{\"level\":";

    private final Path binary;
    private final String address;
    private final Path home;
    private final Map<String, String> ids = new LinkedHashMap<>();

    /** @param home where commands run */
    Etcdctl(Path binary, String address, Path home) {
        this.binary = binary;
        this.address = address;
        this.home = home;
    }

    /**
     * @param shape whether the output has numbers that tell of one cluster alone, so that only what stands between them is compared
     * @param input what is typed after it
     */
    record Command(List<String> words, boolean shape, String input) {
        private static final String SHAPE = "shape: ";

        static Command parse(String line) {
            boolean shape = line.startsWith(SHAPE);
            return new Command(List.of((shape ? line.substring(SHAPE.length()) : line).split(" ")), shape, "");
        }

        boolean tellsIdsInDecimal() {
            return words.contains("json") || words.contains("fields");
        }

        Command withInput(String line) {
            return new Command(words, shape, input + line + "\n");
        }

        @Override
        public String toString() {
            return String.join(" ", words);
        }
    }

    /** @param text what is the same for every cluster of {@code raw} */
    record Printed(String raw, String text) {}

    /** Types the command, in which {@code ID1} is the first id that this cluster named, and an empty word is {@code ''}. */
    Printed type(Command command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(binary.toString(), "--endpoints=" + address));
        command.words().forEach(word -> line.add(word.equals("''") ? "" : named(word)));
        Process process = new ProcessBuilder(line)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().write(command.input().getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        try {
            String raw = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("still running: " + line);
            }
            raw += "exit code " + process.exitValue();
            return new Printed(raw, alike(raw, command));
        } finally {
            process.destroyForcibly();
        }
    }

    private String named(String word) {
        String named = word;
        for (Map.Entry<String, String> id : ids.entrySet()) {
            named = named.replaceAll(id.getValue() + "\\b", id.getKey());
        }
        return named;
    }

    private String alike(String raw, Command command) {
        String text =
                raw.lines().filter(line -> !line.startsWith(LOG_LINE)).reduce("", (all, line) -> all + line + "\n");
        text = text.replace(address, "ENDPOINT");
        text = TERM.matcher(text).replaceAll("TERM");
        text = command.tellsIdsInDecimal()
                ? DECIMAL_ID.matcher(text).replaceAll(id -> name(id.group(), 10))
                : HEXADECIMAL_ID.matcher(text).replaceAll(id -> name(id.group(), 16));
        text = SECONDS.matcher(text).replaceAll("SECONDS");
        text = KEYS.matcher(text)
                .replaceAll(keys -> Matcher.quoteReplacement(keys.group(1) + sorted(keys.group(2)) + "]"));
        text = DURATION.matcher(text).replaceAll("DURATION");
        return command.shape() ? shapeOf(text) : text;
    }

    private static String sorted(String keys) {
        return Stream.of(keys.split("[, ]")).sorted().collect(Collectors.joining(" "));
    }

    private static String shapeOf(String text) {
        String named = MEMBER.matcher(text.replace("http://ENDPOINT", "URL")).replaceAll("MEMBER");
        return NUMBER.matcher(named).replaceAll("N").replaceAll("[ ─-]+", " ");
    }

    private String name(String digits, int radix) {
        String hex = Long.toHexString(Long.parseUnsignedLong(digits, radix));
        return Matcher.quoteReplacement(ids.computeIfAbsent(hex, _ -> "ID" + (ids.size() + 1)));
    }
}
