package dev.cairn.runtime;

import dev.cairn.protocol.Event;
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
     * @param reads reads likewise, for {@link ReplicaNode#readIndex}
     */
    record Renewed(Height anchor, List<Request> pending, List<Event.ReadRequested> reads) implements Ending {
        public Renewed {
            pending = List.copyOf(pending);
            reads = List.copyOf(reads);
        }
    }

    /** By an error after which it must not go on. Its message is one line for the operator. */
    record Failed(Throwable cause) implements Ending {}
}
