package dev.cairn.server;

import dev.cairn.protocol.model.Digest;

/** What is shown of the store. Cheap; from any thread. */
public interface StoreGauges {
    /** The revision of the committed state. */
    long revision();

    /** What the committed state hashes to, with its revision. */
    record Root(Digest digest, long revision) {}

    Root root();

    /** Revisions below this one are gone. */
    long compactRevision();

    /** The keys that clients can see. */
    long keys();

    /** What the keys take in memory, about; at the limit nothing more is put. */
    long treeBytes();

    /** What the keys' newest versions hold, which the quota is about. */
    long dataBytes();

    long quotaBytes();

    /** Alarms that are raised. */
    int raisedAlarms();

    /** What the store takes on disk, about. */
    long diskBytes();

    /** The states that are kept for others to fetch. */
    int pinnedStates();

    /** Leases that live. */
    long leaseCount();

    /** Signed changes that wait for signatures or values. */
    long pendingChanges();

    /** People's signatures that were checked by arithmetic here, since the start; those remembered do not count. */
    long signaturesVerified();

    /** Those of them that did not hold. */
    long signaturesRefused();

    /** Texts of changes that were read here, since the start; those remembered do not count. */
    long textsRead();

    /** What is remembered of them, about, in bytes. */
    long readTextBytes();
}
