package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * This replica's own PREPARE and COMMIT votes in its current view, the memory that keeps it from ever signing two
 * statements for one (phase, view, height). Votes below the floor were forgotten: nothing at or below it is voted on.
 */
final class VoteLedger {
    private View view;
    private Height floor;
    private final Map<Phase, NavigableMap<Height, Vote>> votes = new EnumMap<>(Phase.class);

    /** {@code floor} is the stable checkpoint: the log has dropped the votes at and below it. */
    VoteLedger(View view, Height floor, List<Vote> recovered) {
        this.view = view;
        this.floor = floor;
        votes.put(Phase.PREPARE, new TreeMap<>());
        votes.put(Phase.COMMIT, new TreeMap<>());
        for (Vote vote : recovered) {
            if (vote.phase() != Phase.CHECKPOINT && vote.ballot().view().equals(view)) {
                of(vote.phase()).put(vote.ballot().height(), vote);
            }
        }
    }

    /** A view that is entered has no votes yet, so it starts without a floor. */
    void enter(View next) {
        boolean unvoted = votes.values().stream().allMatch(Map::isEmpty);
        if (view.isAfter(next) || (view.equals(next) && !unvoted)) {
            throw new IllegalStateException("votes of " + view + " cannot be dropped for " + next);
        }
        view = next;
        floor = Height.GENESIS;
        votes.values().forEach(Map::clear);
    }

    /** Whether a vote for this ballot would be the first statement, and be remembered. */
    boolean mayVote(Phase phase, Ballot ballot) {
        return ballot.view().equals(view)
                && ballot.height().isAbove(floor)
                && !of(phase).containsKey(ballot.height());
    }

    void record(Vote vote) {
        if (!mayVote(vote.phase(), vote.ballot())) {
            throw new IllegalStateException("a second statement: " + vote);
        }
        of(vote.phase()).put(vote.ballot().height(), vote);
    }

    /** The block this replica PREPAREd at {@code height} in the current view. */
    Optional<Digest> preparedAt(Height height) {
        return Optional.ofNullable(of(Phase.PREPARE).get(height))
                .map(vote -> vote.ballot().block());
    }

    /** Own votes above {@code height}, lowest first, at most {@code limit} heights of each phase, for sending again. */
    List<Vote> above(Height height, int limit) {
        List<Vote> found = new ArrayList<>();
        for (Phase phase : List.of(Phase.PREPARE, Phase.COMMIT)) {
            of(phase).tailMap(height, false).values().stream().limit(limit).forEach(found::add);
        }
        return found;
    }

    int voteCount() {
        return votes.values().stream().mapToInt(Map::size).sum();
    }

    void forgetUpTo(Height height) {
        if (height.isAbove(floor)) {
            floor = height;
            votes.values().forEach(map -> map.headMap(height, true).clear());
        }
    }

    private NavigableMap<Height, Vote> of(Phase phase) {
        NavigableMap<Height, Vote> map = votes.get(phase);
        if (map == null) {
            throw new IllegalArgumentException(phase + " votes are not kept by view");
        }
        return map;
    }
}
