package dev.cairn.server.net;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.security.Principal;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The common name in the certificate that a client has shown, and this replica has verified. TLS ends before gRPC's own
 * transport begins, so the name is kept here by the connection's two addresses, which no other connection has meanwhile.
 */
public final class PeerName extends ServerTransportFilter {
    /** In the attributes of a gRPC call that came over a connection with such a certificate. */
    public static final Attributes.Key<String> ATTRIBUTE = Attributes.Key.create("peer-common-name");

    private record Ends(
            @Nullable SocketAddress local, @Nullable SocketAddress remote) {}

    private final Map<Ends, String> names = new ConcurrentHashMap<>();

    /** Remembers the name, if there is one, until {@code connection} is closed. */
    void remember(Channel connection, SSLSession session) {
        Ends ends = new Ends(connection.localAddress(), connection.remoteAddress());
        commonName(session).ifPresent(name -> {
            names.put(ends, name);
            connection.closeFuture().addListener(_ -> names.remove(ends, name));
        });
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        Ends ends =
                new Ends(transport.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR), transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        String name = names.get(ends);
        return name == null
                ? transport
                : transport.toBuilder().set(ATTRIBUTE, name).build();
    }

    private static Optional<String> commonName(SSLSession session) {
        try {
            Principal subject = session.getPeerPrincipal();
            return new LdapName(subject.getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .map(Objects::toString)
                            .filter(name -> !name.isEmpty())
                            .findFirst();
        } catch (SSLPeerUnverifiedException | InvalidNameException e) {
            return Optional.empty();
        }
    }
}
