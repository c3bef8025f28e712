package dev.cairn.kv.store;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The state on disk cannot be used; the message says what is wrong and what to do. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean damage;

    public StoreException(String message) {
        super(message);
        this.damage = false;
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
        this.damage = cause instanceof RocksDBException failure && isDamage(failure);
    }

    private StoreException(String message, boolean damage) {
        super(message);
        this.damage = damage;
    }

    /** Bytes came back from the disk that are not those that were written. */
    static StoreException damaged(String message) {
        return new StoreException(message, true);
    }

    private static boolean isDamage(RocksDBException failure) {
        Status status = failure.getStatus();
        boolean nonsense = status != null
                && (status.getCode() == Status.Code.Corruption || status.getCode() == Status.Code.InvalidArgument);
        return nonsense || String.valueOf(failure.getMessage()).contains("No such file");
    }

    /** Whether what is on disk makes no sense: space or another try would not help, a state that is made anew does. */
    public boolean isDamage() {
        return damage;
    }
}
