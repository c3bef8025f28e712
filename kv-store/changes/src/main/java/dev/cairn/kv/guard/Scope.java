package dev.cairn.kv.guard;

import dev.cairn.kv.change.ChangeText;
import dev.cairn.protocol.model.Bytes;

/** What a guard stands before. */
public sealed interface Scope {
    Scope REGISTRY = new OfRegistry();
    Scope RECOVERY = new OfRecovery();
    OfPrefix EVERYTHING = new OfPrefix(Bytes.EMPTY);

    /** As in "the guard on …". */
    String name();

    /** People, rights and the guard of last resort: whatever no prefix decides on. */
    record OfRegistry() implements Scope {
        @Override
        public String name() {
            return "the registry";
        }
    }

    /** Admits what changes the governance, alone and instead of all others; never a change of keys. */
    record OfRecovery() implements Scope {
        @Override
        public String name() {
            return "recovery";
        }
    }

    /** Keys that begin with {@code prefix}, if no longer prefix decides on them. */
    record OfPrefix(Bytes prefix) implements Scope {
        public static final int MAX_PREFIX_BYTES = 4096;

        public OfPrefix {
            if (prefix.size() > MAX_PREFIX_BYTES) {
                throw new IllegalArgumentException("a prefix has at most " + MAX_PREFIX_BYTES + " bytes, not "
                        + prefix.size() + "; use a shorter one");
            }
        }

        @Override
        public String name() {
            return prefix.isEmpty() ? "everything" : "\"" + ChangeText.printKey(prefix) + "\"";
        }
    }
}
