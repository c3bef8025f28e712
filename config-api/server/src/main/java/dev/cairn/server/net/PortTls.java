package dev.cairn.server.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/** TLS for clients: which certificate is shown to them, and who must show one. It can be changed while it is used. */
public final class PortTls {
    /**
     * What a client meets.
     *
     * @param chain this replica's certificate first, then those that signed it
     * @param clientAuthorities whoever has no certificate of these is turned away; if there are none, nobody is asked
     */
    public record Identity(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientAuthorities) {
        public Identity {
            chain = List.copyOf(chain);
            clientAuthorities = List.copyOf(clientAuthorities);
        }

        @Override
        public String toString() {
            return "Identity(" + chain.getFirst().getSubjectX500Principal() + ")";
        }
    }

    private volatile SslContext context;

    public PortTls(Identity identity) throws SSLException {
        this.context = context(identity);
    }

    /** Connections from now on meet {@code identity}. */
    public void use(Identity identity) throws SSLException {
        context = context(identity);
    }

    SslHandler handler(Channel connection) {
        return context.newHandler(connection.alloc());
    }

    private static SslContext context(Identity identity) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain())
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols("TLSv1.2", "TLSv1.3")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1));
        if (!identity.clientAuthorities().isEmpty()) {
            builder.clientAuth(ClientAuth.REQUIRE).trustManager(identity.clientAuthorities());
        }
        return builder.build();
    }
}
