package dev.cairn.cli;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import dev.cairn.client.Login;
import java.io.Console;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who asks, where etcd's permissions are enabled. */
public final class UserOption {
    private static final String USER = "CAIRN_USER";
    private static final String PASSWORD = "CAIRN_PASSWORD";

    @Option(
            names = "--user",
            paramLabel = "NAME[:PASSWORD]",
            description =
                    "Sign in as this user, where permissions are enabled. Default: $CAIRN_USER. The password may stand"
                            + " in $CAIRN_PASSWORD, where `ps` does not show it; without any it is asked for.")
    private @Nullable String user;

    private final Supplier<Optional<Login>> login = Suppliers.memoize(this::make);

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** A user and the password. Its text has no secret. */
    record Named(String user, String password) {
        @Override
        public String toString() {
            return "user " + user;
        }
    }

    /** Asks for the password where none was given, once. */
    public Optional<Login> login() {
        return login.get();
    }

    private Optional<Login> make() {
        return named(user, System.getenv(), UserOption::typed)
                .map(named -> new Login(named.user(), Optional.of(named::password), Login.UNHEARD));
    }

    /** Where a password is typed; nothing without a terminal. */
    interface Prompt {
        Optional<String> ask(String user);
    }

    /** As etcdctl, the user's name ends at the first colon. */
    Optional<Named> named(@Nullable String option, Map<String, String> environment, Prompt prompt) {
        String given = option == null ? environment.getOrDefault(USER, "") : option;
        int colon = given.indexOf(':');
        String name = colon < 0 ? given : given.substring(0, colon);
        if (name.isEmpty()) {
            if (option == null && given.isEmpty()) {
                return Optional.empty();
            }
            throw new ParameterException(
                    command.commandLine(), (option == null ? "$" + USER : "--user") + " names nobody; write NAME");
        }
        if (colon >= 0) {
            return Optional.of(new Named(name, given.substring(colon + 1)));
        }
        return Optional.of(new Named(
                name,
                Optional.ofNullable(environment.get(PASSWORD))
                        .or(() -> prompt.ask(name))
                        .orElseThrow(() -> new ParameterException(
                                command.commandLine(),
                                "--user: there is no terminal to ask for the password of " + name + " on; set $"
                                        + PASSWORD))));
    }

    private static Optional<String> typed(String user) {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(console -> console.readPassword("Password of %s: ", user))
                .map(String::new);
    }
}
