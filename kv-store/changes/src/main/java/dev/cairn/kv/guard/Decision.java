package dev.cairn.kv.guard;

import dev.cairn.kv.change.PrincipalName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
     * @param objections at least one, those that waiting may settle last; of more than {@link #MAX_LISTED}, the last one counts
     *     the rest
     * @param uncounted signatures that did not count, with the reason; likewise; they alone are no objection
     */
    record Refused(List<Objection> objections, List<SignerRefusal> uncounted) implements Decision {
        public Refused {
            objections = shortened(inOrder(objections), Objection.AndMore::new);
            uncounted = shortened(uncounted, SignerRefusal.AndMore::new);
        }

        private static List<Objection> inOrder(List<Objection> objections) {
            return objections.stream()
                    .sorted(Comparator.comparing(Objection::mayPassByWaiting))
                    .toList();
        }

        /** Whether nothing but signatures and values is missing, which may still come. */
        public boolean mayWait() {
            return objections.stream().allMatch(Objection::mayPassByWaiting);
        }
    }

    /** The same with {@code more} against it, where there is room to list it. */
    default Decision andAlso(Objection more) {
        return switch (this) {
            case Admitted _ -> new Refused(List.of(more), List.of());
            case Refused(List<Objection> objections, List<SignerRefusal> uncounted) -> {
                if (objections.size() >= MAX_LISTED) {
                    yield this;
                }
                List<Objection> all = new ArrayList<>(objections);
                all.add(more);
                yield new Refused(all, uncounted);
            }
        };
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
