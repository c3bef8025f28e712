package dev.cairn.server.watch;

import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.protocol.model.Bytes;

/** Reads a create request as etcd does. */
final class WatchSpecs {
    private static final Bytes LOWEST = Bytes.wrap(new byte[] {0});

    private WatchSpecs() {}

    static WatchSpec of(WatchCreateRequest request) {
        Bytes key = request.getKey().isEmpty()
                ? LOWEST
                : Bytes.wrap(request.getKey().toByteArray());
        return new WatchSpec(
                interval(key, Bytes.wrap(request.getRangeEnd().toByteArray())),
                request.getStartRevision(),
                request.getWatchId(),
                !request.getFiltersList().contains(WatchCreateRequest.FilterType.NOPUT),
                !request.getFiltersList().contains(WatchCreateRequest.FilterType.NODELETE),
                request.getPrevKv(),
                request.getProgressNotify(),
                request.getFragment());
    }

    private static KeyInterval interval(Bytes key, Bytes end) {
        if (end.isEmpty()) {
            return KeyInterval.single(key);
        }
        return new KeyInterval(key, end.equals(LOWEST) ? null : end);
    }
}
