package dev.cairn.protocol.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 and the tag table. Every preimage begins with a tag of its own and the suite id, so bytes of one kind never
 * hash like bytes of another. 0x00 and 0x01 belong to RFC 6962; 0x20 to 0x2f belong to the state tree.
 */
public final class Hashing {
    /** Suite 1: SHA-256 and Ed25519. */
    public static final int SUITE = 1;

    public static final int TAG_HEADER = 0x30;
    public static final int TAG_REQUEST = 0x31;
    public static final int TAG_STATEMENT = 0x32;
    public static final int TAG_VIEW_CHANGE = 0x33;
    public static final int TAG_NEW_VIEW = 0x34;
    public static final int TAG_VALIDATORS = 0x35;
    public static final int TAG_PARAMETERS = 0x36;
    public static final int TAG_WITNESS = 0x37;
    public static final int TAG_RESIGNATION = 0x38;

    private static final int RFC6962_LEAF = 0x00;
    private static final int RFC6962_NODE = 0x01;

    private static final MessageDigest TEMPLATE = template();

    private Hashing() {}

    public static Digest sha256(byte[] bytes) {
        MessageDigest sha = fresh();
        return Digest.of(sha.digest(bytes));
    }

    public static Digest sha256(byte[] bytes, int offset, int length) {
        MessageDigest sha = fresh();
        sha.update(bytes, offset, length);
        return Digest.of(sha.digest());
    }

    /** RFC 6962 section 2.1: the hash of a leaf that holds a digest. */
    public static Digest merkleLeaf(Digest content) {
        byte[] preimage = new byte[1 + Digest.BYTES];
        preimage[0] = RFC6962_LEAF;
        content.write(preimage, 1);
        return sha256(preimage);
    }

    /** RFC 6962 section 2.1: the hash of an inner node. */
    public static Digest merkleNode(Digest left, Digest right) {
        byte[] preimage = new byte[1 + 2 * Digest.BYTES];
        preimage[0] = RFC6962_NODE;
        left.write(preimage, 1);
        right.write(preimage, 1 + Digest.BYTES);
        return sha256(preimage);
    }

    private static MessageDigest fresh() {
        try {
            return (MessageDigest) TEMPLATE.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the platform's SHA-256 can be cloned", e);
        }
    }

    private static MessageDigest template() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
