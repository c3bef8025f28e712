package dev.cairn.kv.guard;

import dev.cairn.protocol.model.Bytes;
import java.util.regex.Pattern;

/** What a principal may be called upon as: 1 to 64 lower-case letters, digits and inner dashes. */
public record Role(String name) implements Comparable<Role> {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

    public Role {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is no role; use 1 to 64 lower-case letters, digits and inner dashes");
        }
    }

    @Override
    public int compareTo(Role other) {
        return Bytes.utf8(name).compareTo(Bytes.utf8(other.name));
    }

    @Override
    public String toString() {
        return name;
    }
}
