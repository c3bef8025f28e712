package dev.cairn.codec;

/** Bytes that are not what they should be. Expected from liars and broken disks, so it carries no stack trace. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message, null, false, false);
    }
}
