package dev.cairn.kv.governed;

import dev.cairn.kv.guard.Lifetime;
import java.util.OptionalLong;

/** When somebody or a key counts: a set of seconds. */
record Life(long from, long until, OptionalLong revoked) {
    static Life of(Lifetime lifetime) {
        return new Life(lifetime.fromSeconds(), lifetime.untilSeconds(), lifetime.revokedSeconds());
    }

    static Life between(long from, long until) {
        return new Life(from, until, OptionalLong.empty());
    }

    boolean isRevoked(long second) {
        return revoked.isPresent() && second >= revoked.getAsLong();
    }

    boolean holds(long second) {
        return from <= second && second < until && !isRevoked(second);
    }

    Life revokedAt(long second) {
        return new Life(from, until, OptionalLong.of(Math.min(second, revoked.orElse(second))));
    }

    Lifetime lifetime() {
        return new Lifetime(from, until, revoked);
    }
}
