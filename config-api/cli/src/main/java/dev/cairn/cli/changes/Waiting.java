package dev.cairn.cli.changes;

import dev.cairn.cli.Launch;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is known of a change beside what stands against it, so that nobody is asked in vain.
 *
 * @param withdrawn whose approval never counts any more
 * @param stuck why no signature brings on the change that waits, if none does
 */
record Waiting(NavigableSet<PrincipalName> withdrawn, Optional<Stuck> stuck) {
    static final Waiting NOTHING = new Waiting(Collections.emptyNavigableSet(), Optional.empty());

    Waiting {
        withdrawn = Collections.unmodifiableNavigableSet(new TreeSet<>(withdrawn));
    }

    /** The ledger keeps its author's first signature, and takes no other in its place. */
    record Stuck(Digest change, SignerRefusal.RevokedSigner key) {
        String sentence() {
            return "its author's signature is by a revoked key: draft it anew, and `" + Launch.called() + " withdraw "
                    + change.toHex() + "` this one";
        }
    }

    /** One thing that stands against it, and whether it still may come. */
    record Obstacle(boolean mayCome, String sentence) {}

    Waiting and(Waiting other) {
        NavigableSet<PrincipalName> all = new TreeSet<>(withdrawn);
        all.addAll(other.withdrawn);
        return new Waiting(all, stuck.or(other::stuck));
    }

    Waiting andWithdrawn(PrincipalName name) {
        NavigableSet<PrincipalName> all = new TreeSet<>(withdrawn);
        all.add(name);
        return new Waiting(all, stuck);
    }

    /** What to tell of what stands against it. Where no signature helps any more, none is asked for. */
    List<Obstacle> obstacles(List<Objection> objections) {
        boolean expired = objections.stream().anyMatch(Objection.Expired.class::isInstance);
        boolean inVain = expired || stuck.isPresent();
        List<Obstacle> obstacles = new ArrayList<>();
        for (Objection objection : objections) {
            if (objection instanceof Objection.SignaturesMissing missing) {
                if (!inVain) {
                    obstacles.add(new Obstacle(true, missing.sentence(withdrawn)));
                }
            } else if (objection instanceof Objection.NotSignedByAuthor) {
                if (!inVain) {
                    obstacles.add(new Obstacle(true, objection.sentence()));
                }
            } else {
                obstacles.add(new Obstacle(false, objection.sentence()));
            }
        }
        if (!expired) {
            stuck.ifPresent(why -> obstacles.add(new Obstacle(false, why.sentence())));
        }
        return obstacles;
    }

    /** Whether the obstacles say it, and better: signing with another key does not help. */
    boolean says(String uncounted) {
        return stuck.filter(why -> why.key().sentence().equals(uncounted)).isPresent();
    }
}
