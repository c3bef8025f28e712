package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Watch;
import dev.cairn.codec.RecordCodec;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.v1.EvidenceResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import io.grpc.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
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

    /** @param replies all that were needed, each of a type of its own; the last is the one that is changed */
    private record Recorded(List<Message> replies, Object meaning) {
        Message reply() {
            return replies.getLast();
        }

        List<Message> repliesWith(Message changed) {
            List<Message> all = new ArrayList<>(replies);
            all.set(all.size() - 1, changed);
            return all;
        }
    }

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
        NEWEST_HEAD {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.head(Freshness.LINEARIZABLE).value().header();
            }
        },
        HEADERS {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                return client.headers(new Height(2), 4, LOOSE).value();
            }
        },
        ANCESTOR {
            @Override
            Object ask(CairnClient client) throws NotVerifiedException {
                var block = client.block(new Height(5), LOOSE).value();
                return block.header() + " " + block.requests();
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
            Map<Class<?>, Message> replies = new LinkedHashMap<>();
            CairnClient client = client(Liar.saying(served.channel, message -> {
                replies.putIfAbsent(message.getClass(), (Message) message);
                return message;
            }));
            Object meaning = kind.ask(client);
            RECORDED.put(kind, new Recorded(List.copyOf(replies.values()), meaning));
        }
    }

    /** Draws the same nonces as every other, so that it believes what was said to another. */
    private static CairnClient client(Channel channel) throws IOException {
        return CairnClient.connect(VerifyingClients.settings(served.chain, channel)
                .withNonces(() -> Digest.parse("5a".repeat(Digest.BYTES))));
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
        CairnClient client = client(Liar.replaying(recorded.replies()));
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
        CairnClient client = client(Liar.replaying(recorded.repliesWith(reply)));
        try {
            assertThat(kind.ask(client)).isEqualTo(recorded.meaning());
        } catch (NotVerifiedException refused) {
            assertThat(refused.attempts()).isNotEmpty();
        }
    }

    /** What is left out of it cannot be noticed; but nobody is accused who was not. */
    @Property(tries = 500)
    void changedEvidenceAccusesNobodyElse(
            @ForAll Change change,
            @ForAll @IntRange(min = 0, max = 1 << 20) int place,
            @ForAll @IntRange(min = 1, max = 255) int mask)
            throws Exception {
        Evidence proof = served.chain.contradictionOf(2);
        byte[] genuine = EvidenceResponse.newBuilder()
                .addEvidence(RecordCodec.toProto(proof))
                .build()
                .toByteArray();
        Message reply;
        try {
            reply = EvidenceResponse.parseFrom(changed(genuine, change, place % genuine.length, mask));
        } catch (InvalidProtocolBufferException e) {
            return; // the transport refuses it
        }
        try {
            assertThat(client(Liar.replaying(reply)).evidence()).isSubsetOf(proof);
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
