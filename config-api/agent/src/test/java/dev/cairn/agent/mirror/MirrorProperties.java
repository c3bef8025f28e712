package dev.cairn.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Changes;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Pin;
import dev.cairn.client.TrustedHead;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.config.NewCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A store of the test's own changes at random times; the mirror hears of it in pieces, late, and of heads in between. */
class MirrorProperties {
    private static final Bytes PREFIX = Bytes.utf8("a/");
    private static final TrustedHead HEAD = anyHead();
    private static final int STEPS = 200;

    private static TrustedHead anyHead() {
        try {
            Path home = Files.createTempDirectory("mirror").resolve("c");
            new NewCluster("m", Instant.now(), Parameters.DEFAULT, NewCluster.local(4, 2379), Governance.OPEN)
                    .create(home);
            Pin pin = Pin.read(home.resolve(NewCluster.GENESIS));
            try (CairnClient client = CairnClient.connect(ClientSettings.of(pin))) {
                return client.newestKnown();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 300)
    void itIsTheStoreAtItsRevisionAndNoOlderThanItSays(@ForAll long seed) {
        new World().run(new SplittableRandom(seed));
    }

    private static final class World {
        private final NavigableMap<Long, NavigableMap<Bytes, KeyValue>> states = new TreeMap<>();
        private final NavigableMap<Long, Long> writtenAt = new TreeMap<>();
        private final List<KeyEvent> events = new ArrayList<>();
        private long revision = 1;
        private long told = 1;
        private long now = 1_000;

        void run(SplittableRandom random) {
            Mirror mirror = new Mirror(PREFIX, () -> now);
            states.put(revision, new TreeMap<>());
            writtenAt.put(revision, now);
            mirror.load(List.of(), HEAD, revision, now);
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(1, 1000);
                switch (random.nextInt(4)) {
                    case 0, 1 -> write(random);
                    case 2 -> tell(mirror, random);
                    default -> mirror.newest(revision, now);
                }
                check(mirror);
            }
        }

        private void write(SplittableRandom random) {
            NavigableMap<Bytes, KeyValue> state =
                    new TreeMap<>(states.lastEntry().getValue());
            revision++;
            Bytes key = Bytes.utf8("a/" + random.nextInt(6));
            boolean isOutside = random.nextInt(4) == 0;
            if (!isOutside) {
                change(state, key, random.nextInt(3) == 0);
            }
            states.put(revision, state);
            writtenAt.put(revision, now);
        }

        private void change(NavigableMap<Bytes, KeyValue> state, Bytes key, boolean isDelete) {
            if (isDelete) {
                if (state.remove(key) != null) {
                    events.add(new KeyEvent(
                            KeyVersion.tombstone(Space.CLIENTS.treeKey(key), revision, 0), Optional.empty()));
                }
            } else {
                Bytes value = Bytes.utf8("v" + revision);
                state.put(key, new KeyValue(key, revision, revision, 1, 0, value));
                events.add(new KeyEvent(
                        KeyVersion.put(Space.CLIENTS.treeKey(key), revision, 0, revision, 1, 0, Value.of(value)),
                        Optional.empty()));
            }
        }

        private void tell(Mirror mirror, SplittableRandom random) {
            long through = told + random.nextLong(revision - told + 1);
            List<KeyEvent> part = events.stream()
                    .filter(event -> event.change().modRevision() > told
                            && event.change().modRevision() <= through)
                    .toList();
            mirror.apply(new Changes(part, told, through, HEAD));
            told = through;
        }

        private void check(Mirror mirror) {
            Copy<List<KeyValue>> copy = mirror.list(KeySpan.prefix(PREFIX)).orElseThrow();
            assertThat(copy.revision()).isEqualTo(told);
            NavigableMap<Bytes, KeyValue> state = Objects.requireNonNull(states.get(told));
            assertThat(copy.value()).isEqualTo(List.copyOf(state.values()));
            for (int i = 0; i < 6; i++) {
                Bytes key = Bytes.utf8("a/" + i);
                assertThat(mirror.get(key).orElseThrow().value()).isEqualTo(Optional.ofNullable(state.get(key)));
            }
            long bytes = state.values().stream()
                    .mapToLong(
                            record -> 160 + record.key().size() + record.value().size())
                    .sum();
            assertThat(mirror.bytes()).isEqualTo(bytes);
            // What the copy lacks was written no longer ago than the copy says it may be old.
            Long missing = states.higherKey(told);
            if (missing != null) {
                assertThat(now - Objects.requireNonNull(writtenAt.get(missing)))
                        .isLessThanOrEqualTo(copy.age().toNanos());
            }
        }
    }
}
