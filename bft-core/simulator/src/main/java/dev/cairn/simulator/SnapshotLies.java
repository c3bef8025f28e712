package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Lies about states that others want to transfer. */
final class SnapshotLies {
    private SnapshotLies() {}

    /** Wrong offers; and for a state that it made up, with an empty ledger, chunks that would prove it. */
    static final class Offers implements EffectRewriter {
        private final Insider insider;
        private Optional<Message.SnapshotOffer> first = Optional.empty();
        private Optional<Digest> invented = Optional.empty();

        Offers(Insider insider) {
            this.insider = insider;
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            if (!(effect instanceof Effect.Send(ReplicaId to, Message message))) {
                return List.of(effect);
            }
            return switch (message) {
                case Message.SnapshotOffer offer -> List.of(new Effect.Send(to, insteadOf(offer)));
                case Message.NoSnapshot(Digest anchor)
                when invented.equals(Optional.of(anchor)) -> List.of(new Effect.Send(to, emptyChunk(anchor)));
                default -> List.of(effect);
            };
        }

        private Message.SnapshotOffer insteadOf(Message.SnapshotOffer offer) {
            first = first.or(() -> Optional.of(offer));
            return switch (insider.random().nextInt(4)) {
                case 0 -> invented(offer);
                case 1 -> withOtherHistory(offer);
                case 2 -> withSplits(offer, absurdSplits());
                default -> first.get();
            };
        }

        /** A block of its own, far ahead, over an empty ledger, certified by nobody else. */
        private Message.SnapshotOffer invented(Message.SnapshotOffer offer) {
            Block block = Altered.roots(offer.anchor(), LedgerMachine.GENESIS.roots());
            invented = Optional.of(block.digest());
            return new Message.SnapshotOffer(block, offer.history(), List.of(), ownCertificate(block), List.of());
        }

        private QuorumCertificate ownCertificate(Block block) {
            Ballot ballot = new Ballot(block.header().epoch(), View.ZERO, block.height(), block.digest());
            QuorumCertificate.Signed own = new QuorumCertificate.Signed(
                    insider.self(), insider.sign(Statement.of(Phase.COMMIT.kind(), insider.chainId(), ballot)));
            List<QuorumCertificate.Signed> votes = new ArrayList<>(List.of(own));
            insider.peers().forEach(peer -> votes.add(new QuorumCertificate.Signed(peer, own.signature())));
            return new QuorumCertificate(Phase.COMMIT, ballot, votes.subList(0, votes.size() - (votes.size() - 1) / 3));
        }

        private static Message.SnapshotOffer withOtherHistory(Message.SnapshotOffer offer) {
            MerkleFrontier history = offer.history();
            List<Digest> peaks = new ArrayList<>(history.peaks());
            peaks.set(0, offer.anchor().digest());
            return new Message.SnapshotOffer(
                    offer.anchor(),
                    new MerkleFrontier(history.size(), peaks),
                    offer.link(),
                    offer.proof(),
                    offer.splits());
        }

        private static Message.SnapshotOffer withSplits(Message.SnapshotOffer offer, List<Bytes> splits) {
            return new Message.SnapshotOffer(offer.anchor(), offer.history(), offer.link(), offer.proof(), splits);
        }

        private List<Bytes> absurdSplits() {
            List<Bytes> splits = new ArrayList<>();
            for (int i = insider.random().nextInt(8); i >= 0; i--) {
                byte[] place = new byte[insider.random().nextInt(12)];
                for (int at = 0; at < place.length; at++) {
                    place[at] = (byte) insider.random().nextInt(3);
                }
                splits.add(Bytes.wrap(place));
            }
            return splits;
        }

        private static Message.Chunk emptyChunk(Digest anchor) {
            Bytes content = LedgerChunks.chunk(LedgerMachine.GENESIS, Bytes.EMPTY, Optional.empty(), 64);
            return new Message.Chunk(anchor, Bytes.EMPTY, Optional.empty(), content);
        }
    }

    /**
     * Offers one of the last states that it committed, whatever was asked for: of most no other replica keeps a part, and
     * some lie below the asker's head. It answers nothing about their parts.
     */
    static final class OldOffers implements EffectRewriter {
        private static final int REMEMBERED = 12;

        private final Insider insider;
        private final Deque<Message.SnapshotOffer> last = new ArrayDeque<>();

        /** The tree over all headers below the next block; it ends where the replica jumped over blocks. */
        private MerkleFrontier history;

        OldOffers(Insider insider) {
            this.insider = insider;
            this.history = MerkleFrontier.EMPTY.append(insider.genesis().digest());
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            if (effect instanceof Effect.Commit commit) {
                remember(commit.block(), commit.proof());
            }
            if (!(effect instanceof Effect.Send(ReplicaId to, Message message))) {
                return List.of(effect);
            }
            return switch (message) {
                case Message.Chunk _, Message.NoSnapshot _ -> List.of();
                case Message.SnapshotOffer _ when !last.isEmpty() -> List.of(new Effect.Send(to, anyOfTheLast()));
                default -> List.of(effect);
            };
        }

        private void remember(Block block, QuorumCertificate proof) {
            if (block.height().value() != history.size()) {
                return;
            }
            if (proof.block().equals(block.digest())) {
                last.add(new Message.SnapshotOffer(block, history, List.of(), proof, List.of()));
            }
            if (last.size() > REMEMBERED) {
                last.remove();
            }
            history = history.append(block.digest());
        }

        private Message.SnapshotOffer anyOfTheLast() {
            return List.copyOf(last).get(insider.random().nextInt(last.size()));
        }
    }

    /** Wrong contents under the right name. */
    static final class Chunks implements EffectRewriter {
        private final Insider insider;
        private Optional<Bytes> before = Optional.empty();

        Chunks(Insider insider) {
            this.insider = insider;
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            if (!(effect instanceof Effect.Send(ReplicaId to, Message.Chunk chunk))) {
                return List.of(effect);
            }
            Bytes wrong = wrong(chunk.content());
            before = Optional.of(chunk.content());
            return List.of(new Effect.Send(to, new Message.Chunk(chunk.anchor(), chunk.from(), chunk.until(), wrong)));
        }

        private Bytes wrong(Bytes content) {
            byte[] bytes = content.toArray();
            return switch (insider.random().nextInt(3)) {
                case 0 -> {
                    bytes[insider.random().nextInt(bytes.length)] ^=
                            (byte) (1 << insider.random().nextInt(8));
                    yield Bytes.wrap(bytes);
                }
                case 1 -> Bytes.wrap(Arrays.copyOf(bytes, insider.random().nextInt(bytes.length)));
                default -> before.orElse(Bytes.EMPTY);
            };
        }
    }
}
