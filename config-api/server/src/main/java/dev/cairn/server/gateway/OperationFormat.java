package dev.cairn.server.gateway;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.RequestId;
import java.util.List;

/**
 * How operations become the bytes of a request.
 *
 * @param <O> an operation
 */
public interface OperationFormat<O> {
    Bytes encode(List<O> operations);

    /** The operation that opens a session. */
    O openSession();

    /** The name of the request that opens a session; never the same twice. */
    RequestId openingRequest(ClientId client);
}
