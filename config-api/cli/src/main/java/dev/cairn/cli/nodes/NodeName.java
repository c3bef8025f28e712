package dev.cairn.cli.nodes;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** A node, by the key under which its results stand: {@code /nodes/NAME/pull}. */
record NodeName(String text) {
    private static final String ALL = "/nodes/";
    private static final String RESULT = "/pull";

    /** The keys of all nodes' results, and others beside them. */
    static KeySpan all() {
        return KeySpan.prefix(Bytes.utf8(ALL));
    }

    /** Whose result the key holds; nothing if it is another key of a node. */
    static Optional<NodeName> of(Bytes key) {
        String name = key.toUtf8();
        if (!name.startsWith(ALL) || !name.endsWith(RESULT) || name.length() <= ALL.length() + RESULT.length()) {
            return Optional.empty();
        }
        String node = name.substring(ALL.length(), name.length() - RESULT.length());
        return node.indexOf('/') < 0 ? Optional.of(new NodeName(node)) : Optional.empty();
    }
}
