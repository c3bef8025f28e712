package dev.cairn.kv.auth;

/** Which keys are attached to leases, as one state has it. */
public interface Attachments {
    /**
     * Whether all keys of the lease are among these; so it is where there is no such lease. The cost grows with the
     * number of keys, but no further than with the number of spans.
     */
    boolean areAllIn(SpanSet keys, long lease);
}
