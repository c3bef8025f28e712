package dev.cairn.agent.etcd;

import dev.cairn.agent.http.AllowedUids;
import dev.cairn.agent.http.Load;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;

/** Stands in a listening socket's pipeline and closes what comes from users who may not connect. */
final class PeerGate extends ChannelInboundHandlerAdapter {
    private final AllowedUids allowed;
    private final Load load;

    PeerGate(AllowedUids allowed, Load load) {
        this.allowed = allowed;
        this.load = load;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        EpollDomainSocketChannel child = (EpollDomainSocketChannel) accepted;
        if (isAllowed(child)) {
            ctx.fireChannelRead(accepted);
        } else {
            load.refusePeer();
            child.unsafe().closeForcibly();
        }
    }

    private boolean isAllowed(EpollDomainSocketChannel child) {
        try {
            return allowed.allows(child.peerCredentials().uid());
        } catch (IOException e) {
            return false;
        }
    }
}
