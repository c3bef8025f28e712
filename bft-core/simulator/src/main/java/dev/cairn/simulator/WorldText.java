package dev.cairn.simulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A world as one line without blanks or quotes, to be given on a command line. */
final class WorldText {
    private WorldText() {}

    static String format(World w) {
        return "seed=" + w.seed()
                + ";n=" + w.replicas()
                + ";window=" + w.window()
                + ";checkpoint=" + w.checkpointInterval()
                + ";batch=" + w.batchBytes()
                + ";requests=" + w.requests()
                + ";millis=" + w.chaosMillis()
                + ";delay=" + w.maxDelayMicros()
                + ";loss=" + w.lossPercent()
                + ";duplicates=" + w.duplicatePercent()
                + ";sync=" + w.maxSyncMicros()
                + ";skew=" + w.maxSkewMillis()
                + ";retained=" + w.retainedBlocks()
                + ";chunk=" + w.chunkBytes()
                + ";transfer=" + w.maxTransferMicros()
                + ";faults=" + joined(w.faults(), ",", Fault::toString)
                + ";byzantine=" + joined(w.byzantine(), ",", WorldText::formatTraits);
    }

    /** The same world but for one field, in the words of {@link #format}. */
    static World with(World world, String field, Object value) {
        return parse(format(world).replaceFirst(";" + field + "=[^;]*", ";" + field + "=" + value));
    }

    static int number(World world, String field) {
        return number(fields(format(world)), field);
    }

    static World parse(String text) {
        Map<String, String> fields = fields(text);
        return new World(
                Long.parseLong(get(fields, "seed")),
                number(fields, "n"),
                number(fields, "window"),
                number(fields, "checkpoint"),
                number(fields, "batch"),
                number(fields, "requests"),
                number(fields, "millis"),
                number(fields, "delay"),
                number(fields, "loss"),
                number(fields, "duplicates"),
                number(fields, "sync"),
                number(fields, "skew"),
                number(fields, "retained"),
                number(fields, "chunk"),
                number(fields, "transfer"),
                split(get(fields, "faults"), ",", Fault::parse),
                split(get(fields, "byzantine"), ",", WorldText::parseTraits));
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : text.strip().split(";", -1)) {
            String[] pair = field.split("=", 2);
            if (pair.length != 2) {
                throw new IllegalArgumentException("not name=value: " + field);
            }
            fields.put(pair[0], pair[1]);
        }
        return fields;
    }

    private static String formatTraits(World.Traits traits) {
        return traits.replica() + ":" + joined(traits.strategies(), "+", Enum::name);
    }

    private static World.Traits parseTraits(String text) {
        String[] parts = text.split(":", 2);
        if (parts.length != 2) {
            throw new IllegalArgumentException("not replica:strategies: " + text);
        }
        return new World.Traits(Integer.parseInt(parts[0]), split(parts[1], "[+]", Strategy::valueOf));
    }

    private static String get(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a world needs " + name);
        }
        return value;
    }

    private static int number(Map<String, String> fields, String name) {
        return Integer.parseInt(get(fields, name));
    }

    private static <T> String joined(List<T> items, String between, Function<T, String> format) {
        return items.stream().map(format).collect(Collectors.joining(between));
    }

    private static <T> List<T> split(String text, String between, Function<String, T> parse) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(between, -1)).map(parse).toList();
    }
}
