package dev.cairn.server;

import dev.cairn.kv.auth.Attachments;
import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.Authoriser;
import dev.cairn.kv.auth.Permitted;
import dev.cairn.protocol.model.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What users may do at committed states, worked out once for each user and each revision of users and roles: of one revision all
 * committed states say the same. From any thread.
 */
final class CommittedPermits {
    private volatile AtRevision known = new AtRevision(0, Map.of());

    private record AtRevision(long revision, Map<Bytes, Permitted> users) {}

    /**
     * What users may do at a committed state.
     *
     * @param view of that state, as the attachments are
     */
    Authoriser at(AuthView view, Attachments attachments) {
        AuthStatus status = view.status();
        return new Authoriser(status, user -> permitted(status.revision(), user, view), attachments);
    }

    /** Strangers are not remembered, so there are never more entries than users. */
    private Optional<Permitted> permitted(long revision, Bytes user, AuthView view) {
        Map<Bytes, Permitted> users = usersAt(revision);
        Permitted found = users.get(user);
        if (found != null) {
            return Optional.of(found);
        }
        Optional<Permitted> permitted = view.permitted(user);
        permitted.ifPresent(each -> users.put(user, each));
        return permitted;
    }

    private Map<Bytes, Permitted> usersAt(long revision) {
        AtRevision current = known;
        if (current.revision() == revision) {
            return current.users();
        }
        AtRevision fresh = new AtRevision(revision, new ConcurrentHashMap<>());
        if (revision > current.revision()) {
            known = fresh;
        }
        return fresh.users();
    }
}
