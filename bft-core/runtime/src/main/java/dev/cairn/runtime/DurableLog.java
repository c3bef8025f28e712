package dev.cairn.runtime;

import dev.cairn.protocol.LogRecord;
import java.util.List;

/** Where the records of a replica become durable. Used by one thread at a time. */
interface DurableLog {

    /**
     * Appends the records in order, all or none; returns when they are durable.
     *
     * @throws StorageException if that cannot be known; the log must not be used any more then
     */
    void append(List<LogRecord> records) throws StorageException;
}
