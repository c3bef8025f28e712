package dev.cairn.genesis;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/**
 * A host and a port, written {@code host:port}, an IPv6 host in brackets.
 *
 * @param host a name or a literal address, without brackets
 */
public record HostPort(String host, int port) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
    private static final int MAX_PORT = 65_535;

    public HostPort {
        if (!NAME.matcher(host).matches() && !isIpv6(host)) {
            throw new IllegalArgumentException("\"" + host + "\" is no host name or address");
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
    }

    /** Reads {@code host:port}; anything else is an {@link IllegalArgumentException} that says what is wrong. */
    public static HostPort parse(String text) {
        return parse(text, 0);
    }

    /** Like {@link #parse(String)}, but the port may be left out when {@code defaultPort} is not 0. */
    public static HostPort parse(String text, int defaultPort) {
        int colon = text.startsWith("[") ? text.indexOf(':', text.indexOf(']') + 1) : text.indexOf(':');
        if (colon < 0 && defaultPort == 0) {
            throw new IllegalArgumentException("\"" + text + "\" has no port; write it as host:port");
        }
        String host = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? Integer.toString(defaultPort) : text.substring(colon + 1);
        if (!PORT.matcher(port).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" has no valid port; write it as host:port"
                    + (text.indexOf(':') == text.lastIndexOf(':') ? "" : ", an IPv6 address in brackets"));
        }
        boolean bracketed = host.startsWith("[");
        if (bracketed) {
            host = host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            if (!isIpv6(host)) {
                throw new IllegalArgumentException("\"" + text + "\" holds no IPv6 address between its brackets");
            }
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    public HostPort withPort(int other) {
        return new HostPort(host, other);
    }

    /** The address to bind or to connect to; a name is looked up now. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (isIpv6(host) ? "[" + host + "]" : host) + ":" + port;
    }

    private static boolean isIpv6(String host) {
        return host.indexOf(':') >= 0 && IPV6.matcher(host).matches();
    }
}
