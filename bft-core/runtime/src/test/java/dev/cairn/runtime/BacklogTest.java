package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nobody waits behind another's flood, and everybody's own order is kept. */
class BacklogTest {
    private final Backlog backlog = new Backlog();

    private final Authenticator authenticator =
            new Ed25519Authenticator(Ed25519.reference(), new TestCluster(Path.of("unused"), 4).genesis);

    private Input.FromPeer query(int peer, long number) {
        Verified<Message> message = authenticator
                .<Message>verify(new Message.ReadIndexQuery(number))
                .orElseThrow();
        return new Input.FromPeer(new ReplicaId(peer), message, new InboundBudget(1 << 20, () -> {}), 1);
    }

    private void put(Input... inputs) {
        backlog.addAll(new ArrayDeque<>(List.of(inputs)));
    }

    private List<Input> turn() {
        List<Input> taken = new ArrayList<>();
        backlog.takeTurn(taken::add);
        return taken;
    }

    @Test
    void aFloodDelaysNeitherTheDiskNorAnotherPeer() {
        for (int i = 0; i < 10_000; i++) {
            put(query(1, i));
        }
        Input.FromPeer honest = query(2, 7);
        Input.Durable durable = new Input.Durable(3);
        put(honest, durable);
        List<Input> first = turn();
        assertThat(first.getFirst()).isEqualTo(durable);
        assertThat(first.subList(0, 3)).contains(honest);
        assertThat(first).hasSize(Backlog.PEER_SHARE + 2);
    }

    @Test
    void eachSourceKeepsItsOrderAndNothingIsLost() {
        List<Input> one = new ArrayList<>();
        List<Input> own = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Input message = query(1, i);
            Input ticket = new Input.Durable(i);
            one.add(message);
            own.add(ticket);
            put(message, ticket);
        }
        List<Input> taken = new ArrayList<>();
        while (!backlog.isEmpty()) {
            List<Input> turn = turn();
            assertThat(turn).hasSizeBetween(1, Backlog.PEER_SHARE + Backlog.OWN_SHARE);
            taken.addAll(turn);
        }
        assertThat(taken.stream().filter(one::contains).toList()).isEqualTo(one);
        assertThat(taken.stream().filter(own::contains).toList()).isEqualTo(own);
        assertThat(taken).hasSize(2000);
    }
}
