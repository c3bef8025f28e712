package dev.cairn.protocol;

/** Names one speculative execution and the state it led to. {@link #HEAD_AT_START} is the state a replica boots with. */
public record ExecutionId(long number) {
    public static final ExecutionId HEAD_AT_START = new ExecutionId(0);
}
