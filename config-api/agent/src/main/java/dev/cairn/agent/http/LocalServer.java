package dev.cairn.agent.http;

import dev.cairn.server.config.StartupException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** Serves pages on a Unix socket. Who is at the other end is the kernel's word. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in the pipeline.
public final class LocalServer implements AutoCloseable {
    private static final int MAX_BODY_BYTES = 256 << 10;

    /** Who may not ask is heard no longer than that. */
    private static final int MAX_REFUSED_BODY_BYTES = 4 << 10;

    private static final int IDLE_SECONDS = 300;

    /** Whom the system does not name. */
    private static final int NOBODY = -1;

    private final EventLoopGroup loop;
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final AllowedUids allowed;
    private final Pages pages;
    private final Load load;

    private LocalServer(AllowedUids allowed, Pages pages, Load load) {
        this.loop =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("local-io"), EpollIoHandler.newFactory());
        this.allowed = allowed;
        this.pages = pages;
        this.load = load;
    }

    /**
     * Takes connections from now on.
     *
     * @param inherited the descriptor of a socket that listens already; else one is made at {@code socket}
     */
    public static LocalServer start(Path socket, OptionalInt inherited, AllowedUids allowed, Pages pages, Load load)
            throws StartupException {
        if (!Epoll.isAvailable()) {
            throw new StartupException("the agent runs on Linux with x86-64 only: " + Epoll.unavailabilityCause());
        }
        LocalServer server = new LocalServer(allowed, pages, load);
        try {
            server.listen(socket, inherited);
            return server;
        } catch (StartupException e) {
            server.close();
            throw e;
        }
    }

    private void listen(Path socket, OptionalInt inherited) throws StartupException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> inherited.isPresent()
                        ? new EpollServerDomainSocketChannel(inherited.getAsInt())
                        : new EpollServerDomainSocketChannel())
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel child) {
                        greet(child);
                    }
                });
        if (inherited.isEmpty()) {
            SocketFiles.makeRoom(socket);
        }
        ChannelFuture listening =
                inherited.isPresent() ? bootstrap.register() : bootstrap.bind(new DomainSocketAddress(socket.toFile()));
        listening.awaitUninterruptibly();
        if (!listening.isSuccess()) {
            throw new StartupException("cannot listen on " + socket + " ("
                    + listening.cause().getMessage() + "); its directory must exist, and be the agent's");
        }
        open.add(listening.channel());
        if (inherited.isEmpty()) {
            SocketFiles.openToAll(socket); // whoever is not allowed is refused by user id
        }
    }

    private void greet(EpollDomainSocketChannel child) {
        if (!load.connections.tryAcquire()) {
            child.close();
            return;
        }
        child.closeFuture().addListener(_ -> load.connections.release());
        open.add(child);
        int uid = uid(child);
        Optional<Problem> refusal = refusal(uid);
        child.pipeline()
                .addLast(new HttpServerCodec())
                .addLast(new HttpObjectAggregator(refusal.isEmpty() ? MAX_BODY_BYTES : MAX_REFUSED_BODY_BYTES))
                .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
                .addLast(new Conversation(pages, load, uid, refusal));
    }

    private static int uid(EpollDomainSocketChannel child) {
        try {
            return child.peerCredentials().uid();
        } catch (IOException e) {
            return NOBODY;
        }
    }

    private Optional<Problem> refusal(int uid) {
        if (uid != NOBODY && allowed.allows(uid)) {
            return Optional.empty();
        }
        load.refusePeer();
        return Optional.of(new Problem(
                403,
                uid == NOBODY
                        ? "the system does not tell who asks"
                        : "user id " + uid + " may not ask this agent; see allow-uids"));
    }

    /** Ends all connections. */
    @Override
    public void close() {
        open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
