package dev.cairn.kv.proof;

/** What came of checking a proof. There is no answer without one that holds. */
public sealed interface Verification<A extends Answer> {

    record Proven<A extends Answer>(A answer) implements Verification<A> {}

    /** {@code detail} says in one line what is wrong. */
    record Refused<A extends Answer>(Refusal reason, String detail) implements Verification<A> {}
}
