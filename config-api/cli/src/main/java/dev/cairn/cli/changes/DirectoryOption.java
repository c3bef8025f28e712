package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** A directory as what the keys below a prefix are to be. */
final class DirectoryOption {
    @Option(
            names = "--from-dir",
            arity = "2",
            hideParamSyntax = true,
            paramLabel = "DIR PREFIX",
            description = "Set PREFIX and a file's path below DIR to the file's content, for each file whose content"
                    + " differs from the value now.")
    private List<String> directoryAndPrefix = new ArrayList<>();

    @Option(names = "--prune", description = "With --from-dir: delete the keys below PREFIX that have no file.")
    private boolean prune;

    boolean isGiven() {
        return !directoryAndPrefix.isEmpty();
    }

    List<Intent> intents(Snapshot now) throws Failure, NotVerifiedException {
        if (!isGiven()) {
            return List.of();
        }
        Bytes prefix = OperationOptions.typed(directoryAndPrefix.get(1));
        SortedMap<Bytes, Bytes> wanted = read(Path.of(directoryAndPrefix.get(0)), prefix);
        Map<Bytes, Bytes> there = new HashMap<>();
        for (KeyValue record : now.list(KeySpan.prefix(prefix))) {
            there.put(record.key(), record.value());
        }
        List<Intent> intents = new ArrayList<>();
        wanted.forEach((key, value) -> {
            if (!value.equals(there.get(key))) {
                intents.add(new Intent.Put(key, value));
            }
        });
        if (prune) {
            there.keySet().stream()
                    .filter(key -> !wanted.containsKey(key))
                    .sorted()
                    .forEach(key -> intents.add(new Intent.Delete(key)));
        }
        return intents;
    }

    private static SortedMap<Bytes, Bytes> read(Path directory, Bytes prefix) throws Failure {
        SortedMap<Bytes, Bytes> wanted = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = directory
                        .relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/");
                Bytes key = Bytes.utf8(prefix.toUtf8() + name);
                wanted.put(key, ChangeFiles.read(file, ChangeLimits.MAX_VALUE_BYTES));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new Failure(directory + ": cannot be read (" + e.getMessage() + ")", e);
        }
        if (wanted.isEmpty()) {
            throw new Failure(directory + " has no files; name the directory that holds the values");
        }
        return wanted;
    }
}
