package dev.cairn.simulator;

import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The ledger in parts: runs of executed requests, each with the hashes of the RFC 6962 tree that lie beside it. A place
 * is the eight bytes of an index; a chunk is a count, that many requests, and the hashes from left to right.
 */
final class LedgerChunks {
    private static final int ID_BYTES = 20;

    private LedgerChunks() {}

    // Places.

    static Bytes place(int index) {
        return Bytes.wrap(new ByteWriter(8).putLong(index).toArray());
    }

    /** The index that a place means in a ledger of {@code size}; any bytes mean some. */
    private static int index(Bytes place, int size) {
        byte[] padded = new byte[8];
        System.arraycopy(place.shared(), 0, padded, 0, Math.min(8, place.size()));
        long index = BigEndian.getLong(padded, 0);
        return index < 0 || index > size ? size : (int) index;
    }

    static List<Bytes> splits(LedgerMachine.State state, int parts) {
        int size = state.executed().size();
        List<Bytes> places = new ArrayList<>();
        for (int part = 1; part < parts; part++) {
            int at = (int) ((long) size * part / parts);
            if (at > 0 && (places.isEmpty() || !places.getLast().equals(place(at)))) {
                places.add(place(at));
            }
        }
        return places;
    }

    // Giving.

    static Bytes chunk(LedgerMachine.State state, Bytes from, Optional<Bytes> until, int maxBytes) {
        List<RequestId> all = List.copyOf(state.executed());
        int first = index(from, all.size());
        int last = until.map(place -> index(place, all.size())).orElse(all.size());
        int end = Math.min(Math.max(first + 1, Math.min(last, first + maxBytes / ID_BYTES)), all.size());
        ByteWriter out = new ByteWriter(maxBytes).putInt(end - first);
        all.subList(first, end).forEach(id -> write(out, id));
        List<Digest> leaves = all.stream().map(LedgerMachine::leaf).toList();
        if (!leaves.isEmpty()) {
            writeBeside(out, leaves, 0, leaves.size(), first, end);
        }
        return Bytes.wrap(out.toArray());
    }

    private static void writeBeside(ByteWriter out, List<Digest> leaves, int low, int high, int first, int end) {
        if (high <= first || low >= end) {
            out.putDigest(MerkleFrontier.rootOf(leaves.subList(low, high)));
        } else if (high - low > 1) {
            int middle = low + Integer.highestOneBit(high - low - 1);
            writeBeside(out, leaves, low, middle, first, end);
            writeBeside(out, leaves, middle, high, first, end);
        }
    }

    private static void write(ByteWriter out, RequestId id) {
        out.putInt(id.client().number()).putLong(id.session()).putLong(id.sequence());
    }

    // Taking.

    /** A ledger on its way in; what it holds is gone with its process until it is complete. */
    static final class Incoming implements StateMachine.Incoming {
        private final Header header;
        private final int size;
        private final TreeMap<Integer, RequestId> collected = new TreeMap<>();
        private Optional<LedgerMachine.State> complete = Optional.empty();

        Incoming(Header header) {
            this.header = header;
            this.size = (int) header.roots().lastRevision() - 1;
        }

        Header header() {
            return header;
        }

        /** What was collected, once {@link #complete} has said that it is whole. */
        Optional<LedgerMachine.State> state() {
            return complete;
        }

        @Override
        public StateMachine.Verdict add(Bytes from, Bytes content) {
            int first = index(from, size);
            try {
                List<RequestId> run = new Reader(content.shared()).verified(first);
                run.forEach(id -> collected.put(first + run.indexOf(id), id));
                int end = first + run.size();
                return new StateMachine.Verdict.Accepted(end == size ? Optional.empty() : Optional.of(place(end)));
            } catch (UnprovenException e) {
                return new StateMachine.Verdict.Refused(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public boolean complete() {
            if (collected.size() == size) {
                complete = Optional.of(LedgerMachine.State.of(collected.sequencedValues(), header.roots()))
                        .filter(state ->
                                state.ledger().root().equals(header.roots().stateRoot()));
            }
            return complete.isPresent();
        }

        @Override
        public void close() {
            collected.clear();
        }

        private static final class UnprovenException extends Exception {
            private static final long serialVersionUID = 1;

            UnprovenException(String why) {
                super(why);
            }
        }

        /** Reads one chunk from front to back; nothing may be missing or left over. */
        private final class Reader {
            private final byte[] bytes;
            private int at;

            Reader(byte[] bytes) {
                this.bytes = bytes;
            }

            List<RequestId> verified(int first) throws UnprovenException {
                int count = BigEndian.getInt(bytes, take(4));
                if (count < 0 || count > size - first || (count == 0 && first < size)) {
                    throw new UnprovenException(count + " requests from " + first + " of " + size);
                }
                List<RequestId> run = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    int start = take(ID_BYTES);
                    run.add(new RequestId(
                            new ClientId(BigEndian.getInt(bytes, start)),
                            BigEndian.getLong(bytes, start + 4),
                            BigEndian.getLong(bytes, start + 12)));
                }
                Digest root = size == 0 ? MerkleFrontier.EMPTY.root() : root(0, size, first, run);
                if (at != bytes.length || !root.equals(header.roots().stateRoot())) {
                    throw new UnprovenException("requests from " + first + " do not lead to the certified root");
                }
                return run;
            }

            private Digest root(int low, int high, int first, List<RequestId> run) throws UnprovenException {
                if (high <= first || low >= first + run.size()) {
                    return Digest.read(bytes, take(Digest.BYTES));
                }
                if (high - low == 1) {
                    return Hashing.merkleLeaf(LedgerMachine.leaf(run.get(low - first)));
                }
                int middle = low + Integer.highestOneBit(high - low - 1);
                Digest left = root(low, middle, first, run);
                return Hashing.merkleNode(left, root(middle, high, first, run));
            }

            private int take(int count) throws UnprovenException {
                if (count > bytes.length - at) {
                    throw new UnprovenException("it ends too early");
                }
                at += count;
                return at - count;
            }
        }
    }
}
