package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.Words.key;
import static dev.cairn.chaos.conformance.Words.put;
import static dev.cairn.chaos.conformance.Words.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseLeasesRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import io.grpc.Status.Code;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What nobody keeps alive ends at both in the same order, and takes the same keys, in one revision for each lease. */
@ExtendWith(SharedPair.class)
class LeaseEndsTest {
    private static final long SEED =
            Long.getLong("cairn.conformance.seed", ThreadLocalRandom.current().nextLong(1_000_000_000));
    private static final int PUTS = 15;
    private static final List<String> KEYS = List.of("a", "aa", "ab", "b", "ba", "c");
    /** The first has a second less than the other. */
    private static final List<Long> LEASES = List.of(6L, 5L);

    private final Pair pair;

    LeaseEndsTest(Pair pair) {
        this.pair = pair;
    }

    @Test
    void inTheSameOrderWithTheSameKeys() throws InterruptedException {
        System.out.println("LeaseEndsTest: seed " + SEED);
        pair.reset();
        List<WatchClient> clients = List.of(new WatchClient(pair.reference()), new WatchClient(pair.cairn()));
        try {
            for (WatchClient client : clients) {
                client.send(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder()
                                .setRangeEnd(key("\0"))
                                .setPrevKv(true)));
                var _ = client.await(0, WatchResponse::getCreated);
            }
            for (int i = 0; i < LEASES.size(); i++) {
                pair.agree(LeaseGrantRequest.newBuilder().setID(LEASES.get(i)).setTTL(3 + i));
            }
            writeByChance(new Random(SEED));
            pair.agree(LeaseLeasesRequest.newBuilder());
            for (WatchClient client : clients) {
                var _ = client.await(0, LeaseEndsTest::tellsOfTheLastKey);
            }
            assertThat(WatchRecord.of(clients.getFirst().responses())
                            .differenceFrom(WatchRecord.of(clients.getLast().responses())))
                    .isEmpty();
            assertThat(pair.agree(range("\0", "\0")).code()).isEqualTo(Code.OK);
            pair.agree(LeaseLeasesRequest.newBuilder());
        } finally {
            clients.forEach(WatchClient::close);
        }
    }

    /** Keys come to leases, leave them and change from one to the other; each has one in the end. */
    private void writeByChance(Random random) {
        for (int i = 0; i < PUTS; i++) {
            String name = KEYS.get(random.nextInt(KEYS.size()));
            int lease = random.nextInt(LEASES.size() + 1);
            pair.agree(put(name, "" + i).setLease(lease < LEASES.size() ? LEASES.get(lease) : 0));
        }
        pair.agree(put("first", "").setLease(LEASES.getFirst()));
        pair.agree(put("last", "").setLease(LEASES.getLast()));
    }

    private static boolean tellsOfTheLastKey(WatchResponse response) {
        return response.getEventsList().stream()
                .anyMatch(event -> event.getType() == Event.EventType.DELETE
                        && event.getKv().getKey().equals(key("last")));
    }
}
