package dev.cairn.server.etcd;

/** The release of etcd whose API is served. Clients choose by it what to call: 3.7 promises RangeStream. */
public final class EtcdVersion {
    public static final String SERVER = "3.7.3";
    static final String MINOR = "3.7";
    static final String STORAGE = "3.7.0";

    /** What snapshots say that they are: the oldest that has a version at all, so that every etcd since then takes them. */
    public static final String SNAPSHOT = "3.6.0";

    private EtcdVersion() {}
}
