package dev.cairn.server.etcd;

/** The release of etcd whose API is served. Clients choose by it what to call: 3.7 promises RangeStream. */
public final class EtcdVersion {
    public static final String SERVER = "3.7.3";
    static final String STORAGE = "3.7.0";

    private EtcdVersion() {}
}
