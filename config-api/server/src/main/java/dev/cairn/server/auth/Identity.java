package dev.cairn.server.auth;

import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.Caller;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** What credentials are worth at one state. */
public sealed interface Identity {
    /** A user; or nobody, which suffices where permissions are not enabled. */
    record Known(Optional<Caller> caller) implements Identity {}

    /** The token is none, or worth nothing any more. */
    record BadToken() implements Identity {}

    /** Looks at nothing while permissions are not enabled, as etcd does. */
    static Identity of(Credentials credentials, AuthView view, Tokens tokens) {
        if (!view.status().enabled()) {
            return new Known(Optional.empty());
        }
        if (credentials.token().isPresent()) {
            Optional<Caller> caller = tokens.caller(credentials.token().get(), view);
            return caller.isPresent() ? new Known(caller) : new BadToken();
        }
        return new Known(credentials
                .commonName()
                .map(name -> new Caller(Bytes.utf8(name), view.status().revision())));
    }
}
