package dev.cairn.agent;

import dev.cairn.client.Login;
import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who the agent is where permissions are enabled. Its text has no secret.
 *
 * @param name of a user of etcd's permissions
 * @param passwordFile has the password in one line; nothing if the client's certificate names the user
 */
public record AgentUser(String name, Optional<Path> passwordFile) {
    /** Refuses a file that does not serve now. It is read anew at each sign-in, so the password may be changed there. */
    static AgentUser of(String name, Optional<Path> passwordFile) throws StartupException {
        if (passwordFile.isPresent()) {
            try {
                read(passwordFile.get());
            } catch (IOException e) {
                throw new StartupException(String.valueOf(e.getMessage()), e);
            }
        }
        return new AgentUser(name, passwordFile);
    }

    Login login(Login.Listener listener) {
        return new Login(name, passwordFile.map(file -> () -> read(file)), listener);
    }

    private static String read(Path file) throws IOException {
        String text;
        try {
            if (!OwnerOnly.is(file)) {
                throw new IOException(file + ": others may read or change this password; run: chmod 600 " + file);
            }
            text = Files.readString(file).stripTrailing();
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such file; write the user's password into it", e);
        }
        if (text.isEmpty() || text.indexOf('\n') >= 0) {
            throw new IOException(
                    file + ": a password is one line; this file has " + (text.isEmpty() ? "none" : "more"));
        }
        return text;
    }
}
