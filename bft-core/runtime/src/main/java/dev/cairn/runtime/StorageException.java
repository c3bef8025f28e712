package dev.cairn.runtime;

/** The disk failed, or what it gave back makes no sense. Always fatal: nothing after it may be promised to anyone. */
public final class StorageException extends Exception {
    private static final long serialVersionUID = 1L;

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }

    public StorageException(String message) {
        super(message);
    }
}
