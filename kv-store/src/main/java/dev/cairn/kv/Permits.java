package dev.cairn.kv;

import dev.cairn.kv.auth.Attachments;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.Authoriser;
import dev.cairn.kv.auth.Permitted;
import dev.cairn.protocol.model.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What users may do as far as the block has come. What was worked out for one operation holds until users or roles change. */
final class Permits {
    private final AuthView view;
    private final Attachments attachments;
    private final Map<Bytes, Optional<Permitted>> known = new TreeMap<>();
    private Optional<Authoriser> authoriser = Optional.empty();

    Permits(Draft draft) {
        this.view = new AuthView(new AuthRecords(draft.tree::get, draft.tree::liveCount, draft.tree::forEach));
        this.attachments = LeaseAttachments.of(draft.tree::forEach);
    }

    AuthView view() {
        return view;
    }

    Authoriser authoriser() {
        if (authoriser.isEmpty()) {
            authoriser = Optional.of(new Authoriser(view.status(), this::permitted, attachments));
        }
        return authoriser.get();
    }

    private Optional<Permitted> permitted(Bytes user) {
        return known.computeIfAbsent(user, view::permitted);
    }

    /** Users or roles have changed. */
    void forget() {
        authoriser = Optional.empty();
        known.clear();
    }
}
