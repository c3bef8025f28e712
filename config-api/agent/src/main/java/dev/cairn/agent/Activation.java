package dev.cairn.agent;

import java.util.Map;
import java.util.OptionalInt;

/** Sockets that systemd opened before it started this process: see sd_listen_fds(3). */
final class Activation {
    private static final int FIRST_DESCRIPTOR = 3;

    private Activation() {}

    /** The one socket that was passed on to this very process; nothing where there is none. */
    static OptionalInt descriptor(Map<String, String> environment, long pid) {
        boolean isForUs = Long.toString(pid).equals(environment.get("LISTEN_PID"));
        return isForUs && "1".equals(environment.get("LISTEN_FDS"))
                ? OptionalInt.of(FIRST_DESCRIPTOR)
                : OptionalInt.empty();
    }
}
