package dev.cairn.runtime;

import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import java.util.List;

/** How a node's life ended. In each case everything that it promised is on disk. */
public sealed interface Ending {

    /** By {@link ReplicaNode#close}. */
    record Closed() implements Ending {}

    /**
     * It has fetched the state at {@code anchor}: a new node on the same data goes on from there, in this process or
     * another.
     *
     * @param pending requests that were submitted here and not answered, for the new node's {@link ReplicaNode#submit} if
     *     somebody still waits for them
     * @param readers reads likewise, for {@link ReplicaNode#readIndex}
     */
    record Renewed(Height anchor, List<Request> pending, List<Long> readers) implements Ending {
        public Renewed {
            pending = List.copyOf(pending);
            readers = List.copyOf(readers);
        }
    }

    /** By an error after which it must not go on. Its message is one line for the operator. */
    record Failed(Throwable cause) implements Ending {}
}
