package dev.cairn.runtime;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Vote;
import java.nio.charset.StandardCharsets;

/** The log's keys. All but those of {@code meta} and {@code evidence} begin with the height, so ranges of heights are ranges of keys. */
final class LogKeys {
    static final byte[] FORMAT = meta("format");
    static final byte[] CHAIN_ID = meta("chain-id");
    static final byte[] PREPARED = meta("prepared");
    static final byte[] VIEW_CHANGE = meta("view-change");
    static final byte[] NEW_VIEW = meta("new-view");
    static final byte[] STABLE = meta("stable");
    static final byte[] SNAPSHOT = meta("snapshot");
    static final byte[] PRUNED = meta("pruned");

    private LogKeys() {}

    static byte[] height(Height height) {
        return height(height.value());
    }

    static byte[] height(long height) {
        byte[] key = new byte[8];
        BigEndian.putLong(key, 0, height);
        return key;
    }

    static Height heightOf(byte[] key) {
        return new Height(BigEndian.getLong(key, 0));
    }

    /** height ‖ hash */
    static byte[] block(Height height, Digest digest) {
        byte[] key = new byte[8 + Digest.BYTES];
        BigEndian.putLong(key, 0, height.value());
        digest.write(key, 8);
        return key;
    }

    static Digest digestOf(byte[] blockKey) {
        return Digest.read(blockKey, 8);
    }

    /** height ‖ view ‖ phase: a second statement for the same three would overwrite the first, but is never made. */
    static byte[] vote(Vote vote) {
        byte[] key = new byte[17];
        BigEndian.putLong(key, 0, vote.ballot().height().value());
        BigEndian.putLong(key, 8, vote.ballot().view().number());
        key[16] = switch (vote.phase()) {
            case PREPARE -> 1;
            case COMMIT -> 2;
            case CHECKPOINT -> 3;
        };
        return key;
    }

    /** height ‖ view */
    static byte[] slot(Ballot ballot) {
        byte[] key = new byte[16];
        BigEndian.putLong(key, 0, ballot.height().value());
        BigEndian.putLong(key, 8, ballot.view().number());
        return key;
    }

    /** culprit ‖ kind ‖ view ‖ height */
    static byte[] evidence(Evidence evidence) {
        byte[] key = new byte[18];
        key[0] = (byte) evidence.culprit().index();
        key[1] = switch (evidence.kind()) {
            case PRE_PREPARE -> 0;
            case PREPARE -> 1;
            case COMMIT -> 2;
            case CHECKPOINT -> 3;
            case SUSPECT, VIEW_CHANGE, NEW_VIEW, WITNESS, RESIGNATION ->
                throw new IllegalArgumentException(evidence.kind() + " names no block");
        };
        BigEndian.putLong(key, 2, evidence.first().view().number());
        BigEndian.putLong(key, 10, evidence.first().height().value());
        return key;
    }

    private static byte[] meta(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
