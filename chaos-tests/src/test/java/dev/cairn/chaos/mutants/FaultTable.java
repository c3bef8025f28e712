package dev.cairn.chaos.mutants;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The table of planted faults in docs/planted-faults.md: written by runs, never by hand. */
final class FaultTable {
    private static final Path DOCUMENT = Path.of("../docs/planted-faults.md");
    private static final String HEAD = """
            | Planted fault | looked for | found by | world | by behaviour alone | world |
            |---|---|---|--:|---|--:|
            """;

    /** What found a fault, and the number of worlds up to the one that showed it; of behaviour only if anything did. */
    record Row(String invariant, long world, String behaviour, String behaviourWorld) {}

    private final Map<String, Row> rows = new LinkedHashMap<>();

    private FaultTable() {}

    static FaultTable read() throws IOException {
        FaultTable table = new FaultTable();
        String text = Files.readString(DOCUMENT, StandardCharsets.UTF_8);
        int at = text.indexOf(HEAD);
        if (at >= 0) {
            text.substring(at + HEAD.length())
                    .lines()
                    .takeWhile(line -> line.startsWith("|"))
                    .forEach(table::addLine);
        }
        return table;
    }

    private void addLine(String line) {
        String[] cells = line.split(" *\\| *", -1);
        rows.put(cells[1], new Row(cells[3], Long.parseLong(cells[4]), cells[5], cells[6]));
    }

    Optional<Row> row(Mutant mutant) {
        return Optional.ofNullable(rows.get(mutant.name()));
    }

    Iterable<String> names() {
        return rows.keySet();
    }

    void put(Mutant mutant, Row row) {
        rows.put(mutant.name(), row);
    }

    /** In the order of {@link Mutants#ALL}; what is no mutant any more goes. */
    void write() throws IOException {
        String text = Files.readString(DOCUMENT, StandardCharsets.UTF_8);
        int at = text.indexOf(HEAD);
        if (at < 0) {
            throw new IOException(DOCUMENT + " has no table of planted faults");
        }
        String after = text.substring(at + HEAD.length()).replaceFirst("^(?:\\|.*\n)*", "");
        Files.writeString(DOCUMENT, text.substring(0, at) + this + after);
    }

    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder(HEAD);
        for (Mutant mutant : Mutants.ALL) {
            row(mutant)
                    .ifPresent(row -> lines.append(String.format(
                            "| %s | %s | %s | %d | %s | %s |%n",
                            mutant,
                            mutant.habitat(),
                            row.invariant(),
                            row.world(),
                            row.behaviour(),
                            row.behaviourWorld())));
        }
        return lines.toString();
    }
}
