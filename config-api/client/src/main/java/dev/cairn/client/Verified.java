package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import java.util.List;

/**
 * A value that was proven before anybody saw it.
 *
 * @param head the certified header under which it is true
 * @param replica who sent the proof; it need not be trusted
 * @param refused who was asked before and not believed, in order
 */
public record Verified<T>(T value, TrustedHead head, HostPort replica, List<Attempt> refused) {
    public Verified {
        refused = List.copyOf(refused);
    }
}
