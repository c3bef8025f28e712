package dev.cairn.protocol.model;

/** Signature bytes of the suite in force (Ed25519: 64). Never an identifier: use the digest of what was signed. */
public record Signature(Bytes bytes) {
    @Override
    public String toString() {
        return "sig(" + bytes.size() + ")";
    }
}
