package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Four replicas, one of them Byzantine, and two chains of blocks, A1-A2 and B1-B2, that have only genesis in common. Where
 * the first primary is honest, A is the chain that it proposes; all other blocks are empty and carry the frozen clock's
 * time, so that what an honest primary of a later view builds is one of them too; with three views it may build an empty
 * one on A1, which is C2.
 *
 * <p>A block is known by its place in {@link #blocks}, a ballot by {@code view * MAX_BLOCKS + block}, and a set of ballots
 * is an int with a bit for each.
 */
final class SmallWorld {
    static final int REPLICAS = 4;
    static final int QUORUM = 3;
    static final int MAX_BLOCKS = 8;
    static final int MAX_VIEWS = 4;
    static final long WALL_NANOS = 1_000_000_000;

    private static final int NEVER = 1 << 28;

    /** A beat and a fetch at each tick; nothing else ever runs out of patience by itself. */
    static final Timeouts TIMEOUTS =
            new Timeouts(1, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, 0, NEVER, NEVER, NEVER, 256, NEVER, NEVER, NEVER);

    /**
     * @param byzantine index of the replica that lies: 0 is the primary of the first view, 1 of the second
     * @param views how many views there are; a replica does not leave the last
     * @param heights how many heights there are
     * @param bodies whether the replicas hold all blocks from the start, or get each by a proposal or a fetch
     */
    record Size(int byzantine, int views, int heights, boolean bodies) {
        Size {
            if (views < 1 || views > MAX_VIEWS || heights < 1 || heights > 2 || byzantine < 0 || byzantine > 1) {
                throw new IllegalArgumentException("not a size that was thought of");
            }
        }

        @Override
        public String toString() {
            return "replica " + byzantine + " lies, " + views + " views, " + heights + " heights, bodies "
                    + (bodies ? "at hand" : "to be fetched");
        }
    }

    final Size size;
    final Genesis genesis;
    final ReplicaId byzantine;
    final List<ReplicaId> honest;
    final List<Block> blocks = new ArrayList<>();
    private final Map<Digest, Integer> numbers = new HashMap<>();

    SmallWorld(Size size) {
        this.size = size;
        this.byzantine = new ReplicaId(size.byzantine());
        this.honest = IntStream.range(0, REPLICAS)
                .filter(i -> i != size.byzantine())
                .mapToObj(ReplicaId::new)
                .toList();
        this.genesis = new Genesis(
                Hashing.sha256(new byte[] {42}),
                new Membership(
                        Epoch.ZERO,
                        IntStream.range(0, REPLICAS)
                                .mapToObj(i -> Bytes.utf8("key of " + i))
                                .toList()),
                new Parameters(4, 1000, 1 << 20, 1, 500_000_000L, 30_000_000_000L),
                1,
                1,
                ToyMachine.EMPTY);
        // Of two blocks at the first height, the one with a request is that of an honest first primary.
        addChain(size.byzantine() == 0 ? List.of() : requests());
        addChain(size.byzantine() == 0 ? requests().subList(0, 1) : List.of());
        if (size.byzantine() == 1 && size.views() > 2 && size.heights() > 1) {
            Block first = blocks.getFirst();
            add(childOf(first, MerkleFrontier.EMPTY.append(first.parent()).append(first.digest()), List.of()));
        }
    }

    /** What clients ask of an honest first primary: one request for each height. */
    List<Request> requests() {
        return IntStream.rangeClosed(1, size.heights())
                .mapToObj(i -> new Request(
                        new RequestId(new ClientId(1), 1, i), Bytes.utf8("op " + i), new Signature(Bytes.EMPTY)))
                .toList();
    }

    private void addChain(List<Request> requests) {
        Block parent = genesis.block();
        MerkleFrontier history = MerkleFrontier.EMPTY;
        for (int height = 1; height <= size.heights(); height++) {
            history = history.append(parent.digest());
            parent = childOf(parent, history, requests.size() < height ? List.of() : List.of(requests.get(height - 1)));
            add(parent);
        }
    }

    private void add(Block block) {
        numbers.put(block.digest(), blocks.size());
        blocks.add(block);
    }

    private Block childOf(Block parent, MerkleFrontier history, List<Request> requests) {
        Header above = parent.header();
        StateRoots roots = ToyMachine.execute(above.roots(), requests);
        Header header = new Header(
                Header.FORMAT,
                above.chainId(),
                above.epoch(),
                above.height().next(),
                parent.digest(),
                Math.max(WALL_NANOS, above.timeNanos() + 1),
                Block.requestsRoot(above.chainId(), requests),
                roots,
                history.root(),
                above.validators(),
                above.nextValidators(),
                above.parameters(),
                above.applicationVersion());
        return new Block(header, requests);
    }

    // Blocks and ballots by their numbers.

    int heightOf(int block) {
        return (int) blocks.get(block).height().value();
    }

    /** The block's number; nothing if it is above the heights of this world. */
    OptionalInt numberOf(Block block) {
        if (block.height().value() > size.heights()) {
            return OptionalInt.empty();
        }
        Integer number = numbers.get(block.digest());
        if (number == null) {
            throw new IllegalStateException(block + " is a block that this world does not have");
        }
        return OptionalInt.of(number);
    }

    OptionalInt numberOf(Digest digest) {
        Integer number = numbers.get(digest);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    static int ballot(int view, int block) {
        return view * MAX_BLOCKS + block;
    }

    static int viewOf(int ballot) {
        return ballot / MAX_BLOCKS;
    }

    static int blockOf(int ballot) {
        return ballot % MAX_BLOCKS;
    }

    // Sets of small numbers, one bit each.

    static boolean has(int set, int member) {
        return ((set >>> member) & 1) != 0;
    }

    static int plus(int set, int member) {
        return set | (1 << member);
    }

    /** All ballots of the views below {@code view}. */
    static int ballotsBelow(int view) {
        return (1 << (view * MAX_BLOCKS)) - 1;
    }

    /** The ballot's number; nothing if its block is not of this world. */
    OptionalInt numberOf(Ballot ballot) {
        OptionalInt block = numberOf(ballot.block());
        return block.isEmpty()
                ? block
                : OptionalInt.of(ballot((int) ballot.view().number(), block.getAsInt()));
    }

    Ballot ballot(int number) {
        Block block = blocks.get(blockOf(number));
        return new Ballot(Epoch.ZERO, new View(viewOf(number)), block.height(), block.digest());
    }

    ReplicaId primary(int view) {
        return new ReplicaId(view % REPLICAS);
    }

    boolean isByzantineView(int view) {
        return primary(view).equals(byzantine);
    }

    /** Whether one of the blocks is the other or an ancestor of it. */
    boolean onOneChain(int one, int other) {
        return pathTo(one).contains(blocks.get(other)) || pathTo(other).contains(blocks.get(one));
    }

    /** The blocks from the first height up to {@code block}. */
    List<Block> pathTo(int block) {
        List<Block> path = new ArrayList<>();
        OptionalInt at = OptionalInt.of(block);
        while (at.isPresent()) {
            path.addFirst(blocks.get(at.getAsInt()));
            at = numberOf(path.getFirst().parent());
        }
        return path;
    }

    /** 0 for A, 1 for B, 2 for C. */
    int chainOf(int block) {
        return block / size.heights();
    }

    String name(int block) {
        return "ABC".charAt(chainOf(block)) + "" + heightOf(block);
    }

    String ballotName(int ballot) {
        return "v" + viewOf(ballot) + "/" + name(blockOf(ballot));
    }
}
