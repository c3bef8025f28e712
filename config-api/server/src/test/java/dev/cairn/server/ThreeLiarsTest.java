package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.cairn.client.Attempt;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Verified;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.v1.ProvenHead;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import io.grpc.Channel;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever meets three liars and one honest replica gets the answer, whatever the question, and is told who lied. */
class ThreeLiarsTest {
    private static final Freshness NEW = Freshness.LINEARIZABLE;
    private static final Bytes KEY = Bytes.utf8("key/1");
    private static final KeySpan KEYS = KeySpan.prefix(Bytes.utf8("key/"));
    private static final int LIARS = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @SuppressWarnings("NullAway.Init")
    private CairnClient client;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        try (CairnClient honest = VerifyingClients.of(served.chain, served.channel)) {
            for (int i = 1; i <= 4; i++) {
                honest.submit(put("key/" + i, "value " + i));
            }
        }
        client = VerifyingClients.of(
                served.chain,
                sayingHead(ThreeLiarsTest::uncertified),
                sayingHead(foreign()),
                corrupting(),
                served.channel);
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private static Operation put(String key, String value) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false);
    }

    // The liars.

    private Channel sayingHead(UnaryOperator<ProvenHead> lie) {
        return Liar.saying(served.channel, answer -> {
            Message message = (Message) answer;
            FieldDescriptor head = message.getDescriptorForType().findFieldByName("head");
            return message.toBuilder()
                    .setField(head, lie.apply((ProvenHead) message.getField(head)))
                    .build();
        });
    }

    private static ProvenHead uncertified(ProvenHead head) {
        return head.toBuilder().clearCertificate().build();
    }

    /** A head that other replicas have certified. */
    private static UnaryOperator<ProvenHead> foreign() {
        SoloChain other = new SoloChain("other");
        Block block = other.next(List.of(), other.head().header().roots(), 1);
        QuorumCertificate certificate = other.append(block);
        return head -> head.toBuilder()
                .setHeader(ByteString.copyFrom(block.header().encode()))
                .setCertificate(ByteString.copyFrom(certificate.encode()))
                .build();
    }

    /** Changes a bit of everything that proves. */
    private Channel corrupting() {
        return Liar.saying(served.channel, answer -> corrupt((Message) answer));
    }

    private static Message corrupt(Message message) {
        Message.Builder changed = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (value instanceof Message part) {
                changed.setField(field, corrupt(part));
            } else if (value instanceof ByteString bytes) {
                byte[] raw = bytes.toByteArray();
                raw[raw.length - 1] ^= 1;
                changed.setField(field, ByteString.copyFrom(raw));
            }
        });
        return changed.build();
    }

    // The questions.

    enum Question {
        GET {
            @Override
            Verified<?> ask(CairnClient client) throws NotVerifiedException {
                Verified<Optional<KeyValue>> found = client.get(KEY, NEW);
                assertThat(found.value().orElseThrow().value().toUtf8()).isEqualTo("value 1");
                return found;
            }
        },
        ABSENCE {
            @Override
            Verified<?> ask(CairnClient client) throws NotVerifiedException {
                Verified<Optional<KeyValue>> found = client.get(Bytes.utf8("nothing"), NEW);
                assertThat(found.value()).isEmpty();
                return found;
            }
        },
        LIST {
            @Override
            Verified<?> ask(CairnClient client) throws NotVerifiedException {
                var listed = client.list(KEYS, 0, 0, NEW);
                assertThat(listed.value().records()).hasSize(4);
                return listed;
            }
        },
        HEAD {
            @Override
            Verified<?> ask(CairnClient client) throws NotVerifiedException {
                return client.head(NEW);
            }
        },
        HEADERS {
            @Override
            Verified<?> ask(CairnClient client) throws NotVerifiedException {
                var row = client.headers(new Height(1), 2, NEW);
                assertThat(row.value()).hasSize(2);
                return row;
            }
        },
        BLOCK {
            @Override
            Verified<?> ask(CairnClient client) throws NotVerifiedException {
                return client.block(new Height(2), NEW);
            }
        },
        SUBMIT {
            @Override
            Verified<?> ask(CairnClient client) throws NotVerifiedException {
                return client.submit(put("key/5", "value 5"));
            }
        };

        abstract Verified<?> ask(CairnClient client) throws NotVerifiedException;
    }

    @ParameterizedTest
    @EnumSource(Question.class)
    void theAnswerComesFromTheFourth(Question question) throws Exception {
        Verified<?> answer = question.ask(client);
        assertThat(answer.replica()).isEqualTo(VerifyingClients.addresses(4).getLast());
        assertThat(accused(answer.refused())).isEqualTo(VerifyingClients.addresses(LIARS));
        assertThat(question.ask(client).refused()).as("liars are asked last").isEmpty();
    }

    @Test
    void aWatchGoesOnWithTheFourth() throws Exception {
        try (Watch watch = client.watch(KEYS, 1)) {
            assertThat(watch.next().events()).hasSize(4);
            assertThat(accused(watch.refused())).isEqualTo(VerifyingClients.addresses(LIARS));
        }
    }

    @Test
    void threeWhoDoNotAnswerKeepNothingBack() throws Exception {
        Channel[] channels = Stream.concat(
                        Stream.generate(() -> Liar.failing(Status.RESOURCE_EXHAUSTED))
                                .limit(LIARS),
                        Stream.of(served.channel))
                .toArray(Channel[]::new);
        for (Question question : Question.values()) {
            try (CairnClient fresh = VerifyingClients.of(served.chain, channels)) {
                assertThat(question.ask(fresh).refused()).hasSize(LIARS);
            }
        }
    }

    private static List<Object> accused(List<Attempt> attempts) {
        return attempts.stream().<Object>map(Attempt::replica).toList();
    }
}
