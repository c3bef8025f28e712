package dev.cairn.chaos.real;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The wires between the replicas of one machine. Each replica resolves the names of the others by a hosts file of its
 * own, to an address of its own under 127.0.0.0/8 where a relay listens; so there is one relay for each ordered pair, and
 * no privilege is needed. What is cut is kept back, not lost: TCP would send it again.
 */
final class PeerNetwork implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int BUFFER_BYTES = 64 << 10;
    /** A wire holds at most this many buffers on their way; then the sender has to wait. */
    private static final int BUFFERS = 64;

    /** From one replica to another, in this direction only. */
    record Wire(int from, int to) {}

    private record Delayed(ByteBuffer bytes, long dueNanos) {
        boolean isEnd() {
            return !bytes.hasRemaining();
        }
    }

    private final int replicas;
    private final List<ServerSocket> listeners = new ArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Set<Wire> cut = Set.of();
    private volatile long delayNanos;
    private volatile boolean closed;

    PeerNetwork(int replicas) {
        this.replicas = replicas;
    }

    /** Every wire between these and the other replicas, in both directions. */
    static Set<Wire> around(Set<Integer> island, int replicas) {
        Set<Wire> wires = new HashSet<>();
        for (int outside = 0; outside < replicas; outside++) {
            for (int inside : island) {
                if (!island.contains(outside)) {
                    wires.add(new Wire(inside, outside));
                    wires.add(new Wire(outside, inside));
                }
            }
        }
        return wires;
    }

    /** The name under which the replica stands in the genesis document. */
    static String host(int replica) {
        return "replica-" + replica + ".peers";
    }

    /** Writes the hosts file that leads {@code replica} to the relays, and to itself directly. */
    void writeHosts(int replica, Path file) throws IOException {
        StringBuilder lines = new StringBuilder(LOOPBACK + " localhost\n");
        for (int to = 0; to < replicas; to++) {
            lines.append(to == replica ? LOOPBACK : relayAddress(replica, to))
                    .append(' ')
                    .append(host(to))
                    .append('\n');
        }
        Files.writeString(file, lines);
    }

    private static String relayAddress(int from, int to) {
        return "127.0." + (from + 1) + "." + (to + 1);
    }

    /** Listens in the place of every replica for every other one; {@code port} is the same at the relay and behind. */
    void open(int to, int port) throws IOException {
        for (int from = 0; from < replicas; from++) {
            if (from != to) {
                ServerSocket listener = new ServerSocket();
                listener.setReuseAddress(true);
                listener.bind(new InetSocketAddress(InetAddress.getByName(relayAddress(from, to)), port));
                listeners.add(listener);
                Wire wire = new Wire(from, to);
                Thread.ofVirtual().start(() -> accept(listener, wire, port));
            }
        }
    }

    private void accept(ServerSocket listener, Wire wire, int port) {
        while (!closed) {
            try {
                Socket near = track(listener.accept());
                Thread.ofVirtual().start(() -> connect(near, wire, port));
            } catch (IOException e) {
                if (!closed) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        }
    }

    private Socket track(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        return socket;
    }

    private void connect(Socket near, Wire wire, int port) {
        try {
            awaitWhole(wire);
            Socket far = track(new Socket(InetAddress.getLoopbackAddress(), port));
            relay(near, far, wire);
            relay(far, near, new Wire(wire.to(), wire.from()));
        } catch (IOException | InterruptedException e) {
            // Nobody listens there now: to the dialler, the connection ends.
            drop(near);
        }
    }

    private void relay(Socket source, Socket sink, Wire wire) {
        BlockingQueue<Delayed> way = new ArrayBlockingQueue<>(BUFFERS);
        Thread.ofVirtual().start(() -> read(source, way));
        Thread.ofVirtual().start(() -> write(way, sink, source, wire));
    }

    private void read(Socket source, BlockingQueue<Delayed> way) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            try (InputStream in = source.getInputStream()) {
                for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                    way.put(new Delayed(ByteBuffer.wrap(Arrays.copyOf(buffer, count)), System.nanoTime() + delayNanos));
                }
            } catch (IOException e) {
                // The end of a connection, like the other.
            }
            way.put(new Delayed(ByteBuffer.allocate(0), System.nanoTime() + delayNanos));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(BlockingQueue<Delayed> way, Socket sink, Socket source, Wire wire) {
        try (OutputStream out = sink.getOutputStream()) {
            for (Delayed next = way.take(); !next.isEnd(); next = way.take()) {
                TimeUnit.NANOSECONDS.sleep(next.dueNanos() - System.nanoTime());
                awaitWhole(wire);
                out.write(next.bytes().array());
            }
        } catch (IOException | InterruptedException e) {
            // The end of a connection, like the other.
        } finally {
            drop(sink);
            drop(source);
            way.clear();
        }
    }

    private void drop(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            System.out.println("a relayed connection could not be closed: " + e.getMessage());
        }
    }

    private void awaitWhole(Wire wire) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (cut.contains(wire) && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on exactly these wires are cut. */
    void cut(Set<Wire> wires) {
        lock.lock();
        try {
            cut = Set.copyOf(wires);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From now on every wire takes this long. */
    void delay(long millis) {
        delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        cut(Set.of());
        for (ServerSocket listener : listeners) {
            listener.close();
        }
        List.copyOf(sockets).forEach(this::drop);
    }
}
