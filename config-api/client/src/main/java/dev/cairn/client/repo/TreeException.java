package dev.cairn.client.repo;

/** What is no tree that may be published or used; the message says which path, and why. */
public final class TreeException extends Exception {
    private static final long serialVersionUID = 1L;

    public TreeException(String message) {
        super(message);
    }
}
