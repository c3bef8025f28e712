package dev.cairn.agent.http;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which users of this machine may connect. */
public sealed interface AllowedUids {
    boolean allows(int uid);

    /** Whether this allows whomever {@code other} allows. */
    boolean includes(AllowedUids other);

    record Any() implements AllowedUids {
        @Override
        public boolean allows(int uid) {
            return true;
        }

        @Override
        public boolean includes(AllowedUids other) {
            return true;
        }
    }

    record Some(Set<Integer> uids) implements AllowedUids {
        public Some {
            uids = Set.copyOf(uids);
        }

        @Override
        public boolean allows(int uid) {
            return uids.contains(uid);
        }

        @Override
        public boolean includes(AllowedUids other) {
            return switch (other) {
                case Any _ -> false;
                case Some some -> uids.containsAll(some.uids);
            };
        }
    }

    Pattern UID = Pattern.compile("0|[1-9][0-9]{0,8}");

    static AllowedUids rootAnd(int uid) {
        return new Some(uid == 0 ? Set.of(0) : Set.of(0, uid));
    }

    /** User ids in decimal, or the one word {@code any}; an {@link IllegalArgumentException} that says what is wrong. */
    static AllowedUids parse(List<String> words) {
        if (words.equals(List.of("any"))) {
            return new Any();
        }
        Set<Integer> uids = new TreeSet<>();
        for (String word : words) {
            if (!UID.matcher(word).matches()) {
                throw new IllegalArgumentException("\"" + word + "\" is no user id; write numbers, or any");
            }
            uids.add(Integer.valueOf(word));
        }
        return new Some(uids);
    }
}
