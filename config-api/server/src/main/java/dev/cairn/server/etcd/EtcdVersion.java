package dev.cairn.server.etcd;

/** The release of etcd whose API is served. 3.7 would promise RangeStream. */
public final class EtcdVersion {
    public static final String SERVER = "3.6.14";
    static final String STORAGE = "3.6.0";

    private EtcdVersion() {}
}
