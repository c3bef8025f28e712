package dev.cairn.cli.repo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

/** What is in a directory, written and read by other code than what is under test. */
final class Directory {
    private Directory() {}

    /** What can be there: a line that says all of it. */
    sealed interface Item {
        record File(String hex, boolean runs) implements Item {}

        record Link(String target) implements Item {}
    }

    static void write(Path root, Map<String, Item> items) throws IOException {
        for (Map.Entry<String, Item> each : items.entrySet()) {
            Path path = root.resolve(each.getKey());
            Files.createDirectories(path.getParent());
            switch (each.getValue()) {
                case Item.File(String hex, boolean runs) -> {
                    Files.write(path, HexFormat.of().parseHex(hex));
                    if (path.toFile().setExecutable(runs) != runs && runs) {
                        throw new IOException(path + " cannot be made executable");
                    }
                }
                case Item.Link(String target) -> Files.createSymbolicLink(path, Path.of(target));
            }
        }
    }

    /** All but directories, by their paths. */
    static Map<String, Item> read(Path root) throws IOException {
        Map<String, Item> items = new HashMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                String name = root.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    items.put(name, new Item.Link(Files.readSymbolicLink(path).toString()));
                } else if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    items.put(
                            name,
                            new Item.File(
                                    HexFormat.of().formatHex(Files.readAllBytes(path)),
                                    path.toFile().canExecute()));
                }
            }
        }
        return items;
    }

    static Item text(String text) {
        return new Item.File(HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)), false);
    }

    static void remove(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
