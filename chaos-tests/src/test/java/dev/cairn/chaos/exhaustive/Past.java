package dev.cairn.chaos.exhaustive;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that one replica has ever said and decided, which is all that anybody else can depend on. It only grows.
 *
 * @param prepares ballots it has sent PREPARE for
 * @param commits ballots it has sent COMMIT for
 * @param proposals ballots it has proposed as primary
 * @param prepareCertificates ballots of the prepare certificates it has written down
 * @param commitCertificates ballots of the commit certificates by which it has decided
 * @param decided blocks it has committed
 * @param uncovered ballots of lower views that outrank the tip of a view it has entered
 * @param entered the views whose NEW-VIEW it has accepted, one bit each
 * @param reports by target view, what it told in its VIEW-CHANGE
 * @param openings by view, the NEW-VIEW that it sent as primary
 */
record Past(
        int prepares,
        int commits,
        int proposals,
        int prepareCertificates,
        int commitCertificates,
        int decided,
        int uncovered,
        int entered,
        List<Optional<Report>> reports,
        List<Optional<Opening>> openings) {
    static final Past EMPTY = new Past(0, 0, 0, 0, 0, 0, 0, 0, none(), none());

    private static <T> List<Optional<T>> none() {
        return Stream.generate(Optional::<T>empty).limit(SmallWorld.MAX_VIEWS).toList();
    }

    /** The part that others can know of and depend on. */
    Past told() {
        return new Past(prepares, commits, proposals, 0, 0, 0, 0, entered, reports, openings);
    }

    Optional<Report> report(int target) {
        return reports.get(target);
    }

    Optional<Opening> opening(int view) {
        return openings.get(view);
    }

    boolean hasEntered(int view) {
        return SmallWorld.has(entered, view);
    }
}
