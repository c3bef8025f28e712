package dev.cairn.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's examples are this file's, so they compile. */
class ReadmeTest {
    private static final Path HERE = Path.of("src", "test", "java", "dev", "cairn", "client", "ReadmeTest.java");

    /** Never run: what it shows needs a cluster. */
    static void readAndWrite() throws Exception {
        Pin pin = Pin.read(Path.of("genesis.json"));
        ClientSettings settings = ClientSettings.of(pin).withHeads(new FileHeadStore(Path.of("state", "head")));
        try (CairnClient client = CairnClient.connect(settings)) {
            client.submit(new Operation.Put(Bytes.utf8("greeting"), Bytes.utf8("hello"), 0, false, false, false));
            Verified<Optional<KeyValue>> found = client.get(Bytes.utf8("greeting"), Freshness.LINEARIZABLE);
            System.out.println(found.value().orElseThrow().value().toUtf8());
            System.out.println("as of block " + found.head().height() + ", lies refused: " + found.refused());
        }
    }

    static void watch(CairnClient client) throws Exception {
        try (Watch watch = client.watch(KeySpan.prefix(Bytes.utf8("config/")), 0)) {
            while (true) {
                Changes changes = watch.next();
                changes.events().forEach(event -> System.out.println(event.change()));
            }
        }
    }

    @Test
    void everyLineOfAnExampleIsCompiledHere() throws Exception {
        List<String> compiled =
                Files.readAllLines(HERE).stream().map(String::strip).toList();
        Matcher examples =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("README.md")));
        int lines = 0;
        while (examples.find()) {
            for (String line : examples.group(1).lines().toList()) {
                assertThat(compiled).contains(line.strip());
                lines++;
            }
        }
        assertThat(lines).isGreaterThan(10);
    }
}
