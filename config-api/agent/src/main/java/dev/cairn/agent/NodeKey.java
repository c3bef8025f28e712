package dev.cairn.agent;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.config.StartupException;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Who signs this node's writes, and with what. Its text has no secret.
 *
 * @param name as it is registered in the cluster
 */
public record NodeKey(PrincipalName name, SshSigningKey key) {
    /** Reads a private key that nobody but its owner can read, or that systemd hands to this service alone. */
    static NodeKey read(PrincipalName name, Path file) throws StartupException {
        try {
            if (!OwnerOnly.is(file)) {
                throw new StartupException(
                        file + ": others may read or change this private key; run: chmod 600 " + file);
            }
            return new NodeKey(name, SshSigningKey.parse(Bytes.wrap(Files.readAllBytes(file))));
        } catch (NoSuchFileException e) {
            throw new StartupException(
                    file + ": there is no such private key; make one with ssh-keygen -t ed25519 -N '' -f " + file, e);
        } catch (IOException e) {
            throw new StartupException(
                    file + ": cannot be read (" + e.getMessage() + "); check that the agent's user owns it", e);
        } catch (SshException e) {
            throw new StartupException(file + ": " + e.getMessage(), e);
        }
    }
}
