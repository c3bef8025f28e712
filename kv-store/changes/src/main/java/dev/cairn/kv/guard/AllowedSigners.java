package dev.cairn.kv.guard;

import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.UtcTime;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The registry as OpenSSH's {@code allowed_signers} file, so that bare {@code ssh-keygen -Y verify -O verify-time=…} checks
 * what was accepted. Retired and revoked keys stay, with the time from which they are refused.
 */
public final class AllowedSigners {
    private static final String NAMESPACES =
            Arrays.stream(Purpose.values()).map(Purpose::namespace).collect(Collectors.joining(","));

    private AllowedSigners() {}

    /** One line for each key that ever counts, in the order of the principals' names. */
    public static String export(Registry registry) {
        StringBuilder out = new StringBuilder();
        for (Principal principal : registry.principals()) {
            for (Principal.HeldKey held : principal.keys()) {
                appendLine(out, principal, held);
            }
        }
        return out.toString();
    }

    private static void appendLine(StringBuilder out, Principal principal, Principal.HeldKey held) {
        long from = Math.max(principal.lifetime().fromSeconds(), held.lifetime().fromSeconds());
        long end = Math.min(principal.lifetime().endSeconds(), held.lifetime().endSeconds());
        if (from >= end) {
            return;
        }
        out.append(principal.name()).append(" namespaces=\"").append(NAMESPACES).append('"');
        // OpenSSH refuses 1970 as a time.
        if (from > 0) {
            out.append(",valid-after=\"").append(sshTime(from)).append('"');
        }
        if (end < Lifetime.NO_END) {
            // OpenSSH still accepts a signature at this very second.
            out.append(",valid-before=\"").append(sshTime(end - 1)).append('"');
        }
        out.append(' ').append(held.key().line()).append('\n');
    }

    /** As {@code verify-time} and these options want it: 20260131120000Z. */
    public static String sshTime(long seconds) {
        return UtcTime.print(seconds).replaceAll("[-:T]", "");
    }
}
