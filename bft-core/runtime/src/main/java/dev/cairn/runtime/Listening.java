package dev.cairn.runtime;

import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.regex.Pattern;

/** How an address that cannot be listened on is told to people. */
public final class Listening {
    /** What Netty's native transports put before the system's own words. */
    private static final Pattern CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    private Listening() {}

    /** What the operating system said, without the call and its number. */
    public static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof UnresolvedAddressException) {
            return "unknown host";
        }
        String message = root.getMessage();
        return message == null ? root.toString() : CALL.matcher(message).replaceFirst("");
    }

    /** {@code host:port} as it was configured, an IPv6 address in brackets. */
    static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
