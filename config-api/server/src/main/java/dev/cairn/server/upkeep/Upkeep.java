package dev.cairn.server.upkeep;

import dev.cairn.kv.HeldState;
import dev.cairn.proto.etcdserverpb.SnapshotResponse;
import dev.cairn.server.Background;
import dev.cairn.server.etcd.ClusterIdentity;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What reads the whole store, on threads of its own: few at a time, and few that wait. */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Upkeep.class.getName());
    private static final int SNAPSHOTS = 2;
    private static final int WAITING_SNAPSHOTS = 2;
    private static final int WAITING_HASHES = 16;

    private final Background snapshots = new Background("snapshot", SNAPSHOTS, WAITING_SNAPSHOTS);
    private final Background hashes = new Background("hash", 1, WAITING_HASHES);
    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Supplier<HeldState> states;
    private final SnapshotFiles files;
    private final ClusterIdentity cluster;
    private final LongSupplier view;

    /**
     * Reads nothing before it is asked to.
     *
     * @param states the committed state, held for one reader
     */
    public Upkeep(Supplier<HeldState> states, SnapshotFiles files, ClusterIdentity cluster, LongSupplier view) {
        this.states = states;
        this.files = files;
        this.cluster = cluster;
        this.view = view;
    }

    /** Sends the committed state as an etcd's database. False if too many wait; then nothing was done. */
    public boolean snapshot(ServerCallStreamObserver<SnapshotResponse> observer) {
        SnapshotCall call = new SnapshotCall(observer);
        return snapshots.offer(() -> {
            try (FileChannel file = write(call)) {
                call.send(file);
                sent.increment();
            } catch (SnapshotFiles.AbandonedException _) {
                failed.increment(); // and there is nobody to tell
            } catch (SnapshotFiles.NoRoomException e) {
                fail(observer, Status.RESOURCE_EXHAUSTED, e);
            } catch (SnapshotCall.StuckException e) {
                fail(observer, Status.DEADLINE_EXCEEDED, e);
            } catch (InterruptedException | ClosedByInterruptException _) {
                Thread.currentThread().interrupt(); // the replica stops, and the call ends with it
            } catch (IOException | RuntimeException e) { // a fault of ours too: whoever waits must hear of it
                LOG.log(Level.WARNING, "a snapshot failed", e);
                fail(observer, Status.INTERNAL, e);
            }
        });
    }

    private FileChannel write(SnapshotCall call) throws IOException {
        try (HeldState held = states.get()) {
            return files.write(held, new EtcdTables(held.state(), cluster, view.getAsLong()), call::isAbandoned);
        }
    }

    private void fail(ServerCallStreamObserver<?> observer, Status status, Exception why) {
        failed.increment();
        if (Thread.currentThread().isInterrupted()) {
            return; // the replica stops, and the call ends with it
        }
        observer.onError(
                status.withDescription("etcdserver: " + why.getMessage()).asRuntimeException());
    }

    /**
     * Hashes the keys' versions up to a revision, 0 for the current one, as etcd does: the same on every replica, and on an
     * etcd that a snapshot was restored to. False if too many wait.
     */
    public boolean hash(long revision, Consumer<KvHash.Answer> answer) {
        return hashes.offer(() -> {
            KvHash.Answer made;
            try (HeldState held = states.get()) {
                made = KvHash.of(held, revision);
            } catch (RuntimeException e) { // a fault of ours too, as above
                LOG.log(Level.WARNING, "hashing the store failed", e);
                made = new KvHash.Answer.Unreadable(String.valueOf(e.getMessage()));
            }
            answer.accept(made);
        });
    }

    public long snapshotsSent() {
        return sent.sum();
    }

    /** Snapshots that were begun, and not sent whole. */
    public long snapshotsFailed() {
        return failed.sum();
    }

    /** Snapshots and hashes that wait for their turn. */
    public int waiting() {
        return snapshots.waiting() + hashes.waiting();
    }

    @Override
    public void close() {
        snapshots.close();
        hashes.close();
    }
}
