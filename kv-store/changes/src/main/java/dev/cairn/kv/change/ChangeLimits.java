package dev.cairn.kv.change;

/** Part of the format: a text beyond any of these is no change. */
public final class ChangeLimits {
    public static final int MAX_TEXT_BYTES = 1 << 20;

    /** Of a governance: ten thousand guards and some. */
    public static final int MAX_GOVERNANCE_BYTES = 2 << 20;

    /** Of a governance, as far as those make it larger who satisfy guards on prefixes alone and not the registry's. */
    public static final int MAX_DELEGATED_GOVERNANCE_BYTES = MAX_GOVERNANCE_BYTES - (256 << 10);

    /** Operations and preconditions, each. */
    public static final int MAX_LINES = 4096;

    public static final int MAX_KEY_BYTES = 4096;
    public static final int MAX_REASON_BYTES = 1024;

    /** Of one value. */
    public static final long MAX_VALUE_BYTES = 64L << 20;

    /** Of all values of a change together. */
    public static final long MAX_ALL_VALUES_BYTES = 64L << 20;

    /** Of a change on which no guard decides: until then the store must remember that it was executed. */
    public static final long MAX_OPEN_VALIDITY_SECONDS = 30L * 86_400;

    private ChangeLimits() {}
}
