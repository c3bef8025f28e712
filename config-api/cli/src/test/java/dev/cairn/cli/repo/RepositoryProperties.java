package dev.cairn.cli.repo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.changes.Intent;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever was pushed before, what is pushed comes back: each file, byte for byte, with its mode, and nothing else. */
class RepositoryProperties {
    private static final RepositoryName NAME = new RepositoryName("web");

    private record Named(List<String> path, Directory.Item item) {}

    @Provide
    Arbitrary<Map<String, Directory.Item>> directories() {
        Arbitrary<String> names = Arbitraries.of(
                "a", "b", "a-b", "-rf", " ", "a b ", "ü", "日本語", "%41", "%", "x\ny", "\t", "...", "'\"$(x)", ".hidden",
                "A");
        Arbitrary<Directory.Item> files = Combinators.combine(
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(40), Arbitraries.of(true, false))
                .as((content, runs) -> new Directory.Item.File(HexFormat.of().formatHex(content), runs));
        Arbitrary<Directory.Item> links = names.map(Directory.Item.Link::new);
        Arbitrary<Directory.Item> items = Arbitraries.frequencyOf(Tuple.of(5, files), Tuple.of(1, links));
        return Combinators.combine(names.list().ofMinSize(1).ofMaxSize(3), items)
                .as(Named::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(RepositoryProperties::withoutClashes);
    }

    /** The first that has a path keeps it, as a file or as a directory. */
    private static Map<String, Directory.Item> withoutClashes(List<Named> named) {
        Map<String, Directory.Item> items = new LinkedHashMap<>();
        for (Named each : named) {
            String path = String.join("/", each.path());
            boolean clashes = items.keySet().stream()
                    .anyMatch(other ->
                            other.equals(path) || other.startsWith(path + "/") || path.startsWith(other + "/"));
            if (!clashes) {
                items.put(path, each.item());
            }
        }
        return items;
    }

    @Property(tries = 150)
    void whatIsPushedIsExported(
            @ForAll("directories") Map<String, Directory.Item> before,
            @ForAll("directories") Map<String, Directory.Item> after)
            throws Exception {
        Path home = Files.createTempDirectory("cairn-repo");
        try {
            Map<Bytes, KeyValue> store = new HashMap<>();
            push(store, home.resolve("before"), before, 2);
            push(store, home.resolve("after"), after, 3);
            DirectoryWriter.write(Tree.ofRecords(NAME, store.values()), home.resolve("exported"));
            assertThat(Directory.read(home.resolve("exported"))).isEqualTo(after);
        } finally {
            Directory.remove(home);
        }
    }

    @Property(tries = 100)
    void ofTwoPublicationsOfOneStateOnlyOneIsExecuted(
            @ForAll("directories") Map<String, Directory.Item> before,
            @ForAll("directories") Map<String, Directory.Item> one,
            @ForAll("directories") Map<String, Directory.Item> other)
            throws Exception {
        Path home = Files.createTempDirectory("cairn-repo");
        try {
            Map<Bytes, KeyValue> store = new HashMap<>();
            push(store, home.resolve("before"), before, 2);
            Publication first = publication(store.values(), home.resolve("one"), one);
            Publication second = publication(store.values(), home.resolve("other"), other);
            execute(store, first, 3);
            if (!first.changesNothing() && !second.changesNothing()) {
                assertThat(holds(store, second)).isFalse();
            }
        } finally {
            Directory.remove(home);
        }
    }

    private static void push(Map<Bytes, KeyValue> store, Path at, Map<String, Directory.Item> items, long revision)
            throws Exception {
        Publication publication = publication(store.values(), at, items);
        assertThat(holds(store, publication)).isTrue();
        execute(store, publication, revision);
        assertThat(publication(store.values(), at, Map.of()).changesNothing()).isTrue();
    }

    private static Publication publication(Collection<KeyValue> there, Path at, Map<String, Directory.Item> items)
            throws Exception {
        Directory.write(at, items);
        return Publication.of(NAME, DirectoryReader.read(at), there);
    }

    private static void execute(Map<Bytes, KeyValue> store, Publication publication, long revision) {
        for (Intent intent : publication.intents()) {
            switch (intent) {
                case Intent.Put(Bytes key, Bytes value) ->
                    store.put(key, new KeyValue(key, revision, revision, 1, 0, value));
                case Intent.Delete(Bytes key) -> assertThat(store.remove(key)).isNotNull();
                case Intent.DeleteRange _ -> throw new AssertionError("a publication names what it deletes");
            }
        }
    }

    private static boolean holds(Map<Bytes, KeyValue> store, Publication publication) {
        return publication.expected().stream().allMatch(expected -> switch (expected) {
            case Precondition.Absent(Bytes key) -> !store.containsKey(key);
            case Precondition.LastWrittenAt(Bytes key, long revision) ->
                Optional.ofNullable(store.get(key))
                        .filter(record -> record.modRevision() == revision)
                        .isPresent();
            case Precondition.HasValue _ -> throw new AssertionError("a publication expects revisions");
        });
    }
}
