package dev.cairn.kv.snapshot;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Refusal;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.kv.store.IncomingRecords;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;

/** The state of a header as its chunks come in, from anyone and in any order. */
public final class ReceivedState implements StateMachine.Incoming {
    private final Header header;
    private final IncomingRecords records;

    public ReceivedState(Header header, IncomingRecords records) {
        this.header = header;
        this.records = records;
    }

    @Override
    public StateMachine.Verdict add(Bytes from, Bytes content) {
        if (!records.isOpen()) {
            return new StateMachine.Verdict.Refused("the state is not being received any more");
        }
        try {
            Chunk chunk = Chunk.verify(TreeCodec.CHUNK.decode(content), header.roots());
            requireBeginsAt(Place.atOrAfter(from), chunk);
            store(chunk);
            return new StateMachine.Verdict.Accepted(chunk.until().map(Place::encode));
        } catch (InvalidProofException e) {
            return new StateMachine.Verdict.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static void requireBeginsAt(Place from, Chunk chunk) throws InvalidProofException {
        boolean isAfter = chunk.from().compareTo(from) > 0;
        boolean isBefore = chunk.until().isPresent() && chunk.until().get().compareTo(from) <= 0;
        if (isAfter || isBefore) {
            throw new InvalidProofException(
                    Refusal.CONTRADICTION, "the chunk is of another part: not from where it was to begin");
        }
    }

    private void store(Chunk chunk) {
        List<Leaf> versions = new ArrayList<>();
        List<Leaf> newest = new ArrayList<>();
        for (KeyPart part : chunk.parts()) {
            List<Leaf> leaves = leaves(part);
            versions.addAll(leaves);
            if (part.leftOut().isEmpty()) {
                newest.add(leaves.getLast());
            }
        }
        records.write(versions, newest);
    }

    /** The versions, each with the history before it. */
    static List<Leaf> leaves(KeyPart part) {
        List<Leaf> leaves = new ArrayList<>(part.versions().size());
        MerkleFrontier earlier = part.before();
        for (KeyVersion version : part.versions()) {
            leaves.add(new Leaf(version, earlier));
            earlier = earlier.append(version.digest());
        }
        return leaves;
    }

    @Override
    public boolean complete() {
        return records.complete();
    }

    @Override
    public void close() {
        records.close();
    }
}
