package dev.cairn.cli.bench;

/** Where a server listens for clients. */
record Endpoint(String host, int port, boolean tls) {
    /**
     * Reads {@code host:port}, {@code http://host:port}, {@code https://host:port}, and a port alone, which is one of this
     * machine; IPv6 hosts stand in brackets.
     */
    static Endpoint parse(String text) {
        if (text.matches("[0-9]{1,5}")) {
            return parse("127.0.0.1:" + text);
        }
        boolean tls = text.startsWith("https://");
        String address = text.replaceFirst("^https?://", "").replaceFirst("/$", "");
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("'" + text + "' is no endpoint; write host:port");
        }
        int port = Integer.parseInt(address.substring(colon + 1));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "' is no endpoint; ports end at 65535");
        }
        return new Endpoint(address.substring(0, colon), port, tls);
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "") + host + ":" + port;
    }
}
