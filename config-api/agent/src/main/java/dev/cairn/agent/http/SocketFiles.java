package dev.cairn.agent.http;

import dev.cairn.server.config.StartupException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** The names of Unix sockets in the file system. */
public final class SocketFiles {
    private SocketFiles() {}

    /** Takes away what a process left that has gone; refuses to take it from one that runs. */
    public static void makeRoom(Path socket) throws StartupException {
        try {
            if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new StartupException(socket + ": is no socket; name another path, or remove it");
            }
            if (isServed(socket)) {
                throw new StartupException(socket + ": another process serves there; stop it first");
            }
            Files.delete(socket);
        } catch (IOException e) {
            throw new StartupException(socket + ": what lies there cannot be removed (" + e.getMessage() + ")", e);
        }
    }

    private static boolean isServed(Path socket) {
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lets every user connect. */
    public static void openToAll(Path socket) throws StartupException {
        try {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (IOException e) {
            throw new StartupException(socket + ": its mode cannot be set (" + e.getMessage() + ")", e);
        }
    }
}
