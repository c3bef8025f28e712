package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** Whether a signed change may be executed. */
public sealed interface Decision {

    /**
     * All guards are content; whether the preconditions hold is not looked at.
     *
     * @param people who has signed and counted for some guard
     */
    record Admitted(NavigableSet<PrincipalName> people) implements Decision {
        public Admitted {
            people = Collections.unmodifiableNavigableSet(new TreeSet<>(people));
        }
    }

    /**
     * Not now, and perhaps never.
     *
     * @param objections at least one; of more than {@link #MAX_LISTED}, the last one counts the rest
     * @param uncounted signatures that did not count, with the reason; likewise; they alone are no objection
     */
    record Refused(List<Objection> objections, List<SignerRefusal> uncounted) implements Decision {
        public Refused {
            objections = shortened(objections, Objection.AndMore::new);
            uncounted = shortened(uncounted, SignerRefusal.AndMore::new);
        }
    }

    /** So that what is kept and hashed has a bound. */
    int MAX_LISTED = 32;

    static <T> List<T> shortened(List<? extends T> all, IntFunction<? extends T> andMore) {
        if (all.size() <= MAX_LISTED) {
            return List.copyOf(all);
        }
        List<T> few = new ArrayList<>(all.subList(0, MAX_LISTED - 1));
        few.add(andMore.apply(all.size() - few.size()));
        return List.copyOf(few);
    }
}
