package dev.cairn.server.auth;

import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.auth.User;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Gives tokens out and takes them back in, those of every member: signed, so that each replica knows them without having been
 * told. From any thread; never blocks.
 */
public final class Tokens {
    /** How much the clocks of two members may differ. */
    private static final long SKEW_SECONDS = 60;

    private static final int MAX_REMEMBERED = 16_384;
    private static final int MAX_CHARACTERS = 4096;

    /**
     * What is given out.
     *
     * @param kind of what is given out; both kinds are taken in, so that replicas need not change all at once
     * @param lifeSeconds as etcd's {@code --auth-token-ttl}
     */
    public record Settings(Token.Kind kind, long lifeSeconds) {
        public static final Settings DEFAULT = new Settings(Token.Kind.SIMPLE, 300);
    }

    /** A token that was verified, and when this replica last saw it. */
    private record Seen(Token token, long seconds) {}

    private final Settings settings;
    private final TokenKeys keys;
    private final LongSupplier nowSeconds;
    private final Bounded<String, Seen> remembered = new Bounded<>(MAX_REMEMBERED);

    /**
     * Remembers none yet.
     *
     * @param nowSeconds this machine's clock, since 1970
     */
    public Tokens(Settings settings, TokenKeys keys, LongSupplier nowSeconds) {
        this.settings = settings;
        this.keys = keys;
        this.nowSeconds = nowSeconds;
    }

    /** A token for somebody who has shown to be that user. */
    public String issue(User user, AuthStatus status) {
        Token token = new Token(
                settings.kind(),
                user.name(),
                status.revision(),
                user.passwordRevision(),
                nowSeconds.getAsLong(),
                settings.lifeSeconds());
        return switch (token.kind()) {
            case SIMPLE -> SimpleTokenText.of(token, keys);
            case JWT -> WebTokenText.of(token, keys);
        };
    }

    /** Who brings the token; nothing if it is worth nothing now. */
    public Optional<Caller> caller(String text, AuthView view) {
        Optional<Seen> seen = Optional.ofNullable(remembered.get(text)).or(() -> verified(text));
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        Token token = seen.get().token();
        long now = nowSeconds.getAsLong();
        if (!isAlive(token, seen.get().seconds(), now) || !isCurrent(token, view)) {
            return Optional.empty();
        }
        remembered.put(text, new Seen(token, now));
        long revision = switch (token.kind()) {
            case SIMPLE -> view.status().revision();
            case JWT -> token.revision();
        };
        return Optional.of(new Caller(token.user(), revision));
    }

    private Optional<Seen> verified(String text) {
        if (text.length() > MAX_CHARACTERS) {
            return Optional.empty();
        }
        Optional<Token> token = text.startsWith(SimpleTokenText.PREFIX)
                ? SimpleTokenText.read(text, keys)
                : WebTokenText.read(text, keys);
        return token.map(each -> new Seen(each, each.issuedSeconds()));
    }

    private static boolean isAlive(Token token, long lastSeen, long now) {
        long since = switch (token.kind()) {
            case SIMPLE -> Math.max(lastSeen, token.issuedSeconds());
            case JWT -> token.issuedSeconds();
        };
        return since - now <= SKEW_SECONDS && now - since < token.lifeSeconds();
    }

    /** Neither is the user gone, nor the password changed, nor were permissions disabled meanwhile. */
    private static boolean isCurrent(Token token, AuthView view) {
        return token.revision() >= view.status().tokensSince()
                && view.user(token.user())
                        .filter(user -> user.passwordRevision() == token.passwordRevision())
                        .isPresent();
    }

    /** Tokens that are remembered. */
    public int remembered() {
        return remembered.size();
    }
}
