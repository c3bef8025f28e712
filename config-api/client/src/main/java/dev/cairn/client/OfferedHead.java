package dev.cairn.client;

import com.google.protobuf.ByteString;
import dev.cairn.proto.v1.ProvenHead;
import dev.cairn.protocol.model.Bytes;

/**
 * A head as a replica offers it: bytes that prove nothing yet. All empty where the replica's head is the caller's.
 *
 * @param history what leads from the caller's head to this one
 * @param testimony what shows how new it is; empty where that was not asked for
 */
public record OfferedHead(Bytes header, Bytes certificate, Bytes history, Bytes testimony) {

    static OfferedHead of(ProvenHead message) {
        return new OfferedHead(
                bytes(message.getHeader()),
                bytes(message.getCertificate()),
                bytes(message.getHistory()),
                bytes(message.getTestimony()));
    }

    private static Bytes bytes(ByteString source) {
        return Bytes.wrap(source.toByteArray());
    }

    boolean isSame() {
        return header.isEmpty() && certificate.isEmpty() && history.isEmpty();
    }
}
