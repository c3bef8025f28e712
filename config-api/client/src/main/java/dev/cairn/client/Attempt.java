package dev.cairn.client;

import dev.cairn.genesis.HostPort;

/** A replica that was asked, and why its answer was not taken. */
public record Attempt(HostPort replica, Refusal refusal) {
    @Override
    public String toString() {
        return replica + " (" + refusal.sentence() + ")";
    }
}
