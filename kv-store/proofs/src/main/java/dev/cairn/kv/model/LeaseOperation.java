package dev.cairn.kv.model;

import java.util.List;

/** What may be done to leases. An id is any number but 0, which stands for no lease. */
public sealed interface LeaseOperation extends Operation {

    /** Makes a lease that lives for {@code ttlSeconds}, or for the least there is if that is more. */
    record Grant(long id, long ttlSeconds) implements LeaseOperation {}

    /** Ends a lease, and deletes the keys that are attached to it. */
    record Revoke(long id) implements LeaseOperation {}

    /** Each lease of these that lives does so for its whole time again: one operation for many clients. */
    record KeepAlive(List<Long> ids) implements LeaseOperation {
        /** Leases in one operation. */
        public static final int MAX_IDS = 4096;

        public KeepAlive {
            ids = List.copyOf(ids);
        }
    }
}
