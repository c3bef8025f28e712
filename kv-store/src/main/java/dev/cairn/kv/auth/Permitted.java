package dev.cairn.kv.auth;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Permission;
import java.util.List;

/**
 * What one user's roles permit together.
 *
 * @param everything whether one of them is root
 */
public record Permitted(boolean everything, SpanSet readable, SpanSet writable) {
    static final Permitted EVERYTHING = new Permitted(true, SpanSet.of(List.of()), SpanSet.of(List.of()));

    public static Permitted by(List<Permission> permissions) {
        return new Permitted(
                false,
                SpanSet.of(permissions.stream()
                        .filter(permission -> permission.type().reads())
                        .map(Permission::span)
                        .toList()),
                SpanSet.of(permissions.stream()
                        .filter(permission -> permission.type().writes())
                        .map(Permission::span)
                        .toList()));
    }

    boolean mayRead(KeySpan span) {
        return everything || readable.covers(span);
    }

    boolean mayReadAll(Attachments attachments, long lease) {
        return everything || attachments.areAllIn(readable, lease);
    }

    boolean mayWriteAll(Attachments attachments, long lease) {
        return everything || attachments.areAllIn(writable, lease);
    }

    boolean mayWrite(KeySpan span) {
        return everything || writable.covers(span);
    }
}
