package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.model.Phase;

/**
 * What the scheduler and the adversary do to one honest replica. The first ones are those of the search, each of them all
 * deliveries that it takes to get past a threshold; those whose names begin with One are single deliveries.
 */
sealed interface Step {

    /** The view's primary proposes the block. */
    record Propose(int view, int block) implements Step {}

    /** Votes for one ballot: the Byzantine replica's and those of {@code others} honest ones. */
    record Votes(Phase phase, int ballot, int others) implements Step {}

    /** The Byzantine replica's vote for what does not matter: whoever gets it looks at all its votes again. */
    record Nudge(int view) implements Step {}

    /** The suspicions that make a replica leave {@code view}, or a lower one, for the view after it. */
    record Leave(int view) implements Step {}

    /** VIEW-CHANGEs of others arrive at the view's honest primary. */
    record Open(Opening others) implements Step {}

    /** A NEW-VIEW. */
    record Enter(Opening opening) implements Step {}

    /** Committed blocks up to {@code height}, and a certificate for the ballot's block, which is there or above. */
    record CatchUp(int ballot, int height) implements Step {}

    /** All bodies that the replica asks for. */
    record FetchBodies() implements Step {}

    record OneVote(Phase phase, int ballot, int voter) implements Step {}

    record OneSuspect(int view, int sender) implements Step {}

    record OneViewChange(int target, int sender, Report report) implements Step {}

    record OneTick() implements Step {}
}
