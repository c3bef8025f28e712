package dev.cairn.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import org.junit.jupiter.api.Test;

/** A client that asks and does not read. */
class WatchStreamTest {
    private static final int MANY = 100_000;

    private final WatchWorld world = new WatchWorld(16);
    private int asked;
    private int handled;

    /** Takes the next request off the wire when the last was handled, as the service does. */
    private void ask(WatchWorld.Client client, boolean refused) {
        if (asked < MANY) {
            asked++;
            Runnable next = () -> {
                handled++;
                ask(client, refused);
            };
            if (refused) {
                client.stream.refuse("no", next);
            } else {
                client.stream.create(
                        WatchCreateRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("b"))
                                .setRangeEnd(ByteString.copyFromUtf8("a"))
                                .build(),
                        next);
            }
        }
    }

    private void run() {
        while (!world.loop.isEmpty()) {
            world.loop.remove().run();
        }
    }

    @Test
    void whatItIsRefusedDoesNotPileUp() {
        notReading(true);
    }

    @Test
    void norDoesWhatItCannotHave() {
        notReading(false);
    }

    private void notReading(boolean refused) {
        WatchWorld.Client client = world.new Client();
        client.give(0);
        ask(client, refused);
        run();
        assertThat(handled).isPositive().isLessThan(MANY);

        client.give(Integer.MAX_VALUE);
        run();
        assertThat(client.received).hasSize(MANY);
    }
}
