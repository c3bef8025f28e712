package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A reply of which a byte was changed, left out, added or given twice is refused, or means exactly the same. */
class MutatedReplyProperties {
    private static final Freshness LOOSE = Freshness.within(Duration.ofHours(1));
    private static final KeySpan KEYS = KeySpan.prefix(Bytes.utf8("key/"));

    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static ServedStore served;

    /** What the honest replica says to each question. */
    private static final Map<Kind, Recorded> RECORDED = new EnumMap<>(Kind.class);

    private record Recorded(Message reply, Object meaning) {}

    /** The questions that have one reply. Each gives what it means to the caller. */
    enum Kind {
        GET {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.get(Bytes.utf8("key/1"), LOOSE).value();
            }
        },
        ABSENCE {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.get(Bytes.utf8("nothing"), LOOSE).value();
            }
        },
        LIST {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.list(KEYS, 3, 0, LOOSE).value();
            }
        },
        PAST {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.list(KEYS, 0, 4, LOOSE).value();
            }
        },
        HEAD {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.head(LOOSE).value().header();
            }
        },
        BLOCK {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                var block = client.block(new Height(3), LOOSE).value();
                return block.header() + " " + block.requests();
            }
        },
        WATCH {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException, InterruptedException {
                try (Watch watch = client.watch(KEYS, 3)) {
                    var changes = watch.next();
                    return changes.through() + " " + changes.events();
                }
            }
        },
        SUBMIT {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.submit(put("key/9", "submitted")).value();
            }
        };

        abstract Object ask(CairnClient client) throws NotVerifiedException, InterruptedException;
    }

    private static Operation put(String key, String value) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false);
    }

    @BeforeContainer
    static void record() throws Exception {
        directory = Files.createTempDirectory("cairn-replies");
        served = new ServedStore(directory.resolve("state"));
        CairnClient honest = VerifyingClients.of(served.chain, served.channel);
        for (int i = 1; i <= 4; i++) {
            honest.submit(put("key/" + i, "value " + i));
            honest.submit(put("other", "value " + i));
        }
        for (Kind kind : Kind.values()) {
            List<Message> replies = new ArrayList<>();
            CairnClient client = VerifyingClients.of(served.chain, Liar.saying(served.channel, message -> {
                replies.add((Message) message);
                return message;
            }));
            Object meaning = kind.ask(client);
            RECORDED.put(kind, new Recorded(replies.getFirst(), meaning));
        }
    }

    @AfterContainer
    static void stop() throws Exception {
        served.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Else the property would hold of clients that refuse everything. */
    @Property
    void anUnchangedReplyMeansTheSame(@ForAll Kind kind) throws Exception {
        Recorded recorded = Objects.requireNonNull(RECORDED.get(kind));
        CairnClient client = VerifyingClients.of(served.chain, Liar.replaying(recorded.reply()));
        assertThat(kind.ask(client)).isEqualTo(recorded.meaning());
    }

    /** What happens to a byte. */
    enum Change {
        FLIP,
        DROP,
        INSERT,
        DUPLICATE
    }

    @Property(tries = 4000)
    void aChangedReplyIsRefusedOrMeansTheSame(
            @ForAll Kind kind,
            @ForAll Change change,
            @ForAll @IntRange(min = 0, max = 1 << 20) int place,
            @ForAll @IntRange(min = 1, max = 255) int mask)
            throws Exception {
        Recorded recorded = Objects.requireNonNull(RECORDED.get(kind));
        byte[] genuine = recorded.reply().toByteArray();
        byte[] changed = changed(genuine, change, place % genuine.length, mask);
        Message reply;
        try {
            reply = recorded.reply().getParserForType().parseFrom(changed);
        } catch (InvalidProtocolBufferException e) {
            return; // the transport refuses it
        }
        CairnClient client = VerifyingClients.of(served.chain, Liar.replaying(reply));
        try {
            assertThat(kind.ask(client)).isEqualTo(recorded.meaning());
        } catch (NotVerifiedException refused) {
            assertThat(refused.attempts()).isNotEmpty();
        }
    }

    private static byte[] changed(byte[] genuine, Change change, int at, int mask) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(genuine, 0, at);
        switch (change) {
            case FLIP -> out.write(genuine[at] ^ mask);
            case DROP -> {}
            case INSERT -> {
                out.write(mask);
                out.write(genuine[at]);
            }
            case DUPLICATE -> {
                out.write(genuine[at]);
                out.write(genuine[at]);
            }
        }
        out.write(genuine, at + 1, genuine.length - at - 1);
        return out.toByteArray();
    }
}
