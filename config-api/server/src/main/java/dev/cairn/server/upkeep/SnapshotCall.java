package dev.cairn.server.upkeep;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.proto.etcdserverpb.SnapshotResponse;
import dev.cairn.server.etcd.EtcdVersion;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;

/** One client that gets a snapshot, as fast as it takes it; who takes little for long gets no more. */
final class SnapshotCall {
    /** As etcd's. Not above 32 KiB, which clients rely on. */
    private static final int BLOB_BYTES = 32 << 10;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Who takes less than this, on the whole, keeps others from their snapshots. */
    private static final long LEAST_BYTES_PER_SECOND = 64 << 10;

    private final ServerCallStreamObserver<SnapshotResponse> call;
    private final Object moved = new Object();

    /** To be made before the call's method returns. */
    SnapshotCall(ServerCallStreamObserver<SnapshotResponse> call) {
        this.call = call;
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(this::wake);
    }

    private void wake() {
        synchronized (moved) {
            moved.notifyAll();
        }
    }

    boolean isAbandoned() {
        return call.isCancelled();
    }

    /** The client takes nothing any more. */
    static final class StuckException extends IOException {
        private static final long serialVersionUID = 1L;

        StuckException() {
            super("the snapshot's receiver is " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s behind "
                    + (LEAST_BYTES_PER_SECOND >> 10) + " KiB/s");
        }
    }

    /** Sends all of the file, and then the hash of its bytes. On a thread that may wait. */
    void send(FileChannel file) throws IOException, InterruptedException {
        MessageDigest hash = sha256();
        long size = file.size();
        long sent = 0;
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (sent < size) {
            byte[] blob = read(file, (int) Math.min(BLOB_BYTES, size - sent));
            hash.update(blob);
            sent += blob.length;
            sendWhenReady(UnsafeByteOperations.unsafeWrap(blob), size - sent, end);
            end += TimeUnit.SECONDS.toNanos(1) * blob.length / LEAST_BYTES_PER_SECOND;
        }
        sendWhenReady(UnsafeByteOperations.unsafeWrap(hash.digest()), 0, end);
        call.onCompleted();
    }

    private static byte[] read(FileChannel file, int bytes) throws IOException {
        ByteBuffer blob = ByteBuffer.allocate(bytes);
        while (blob.hasRemaining()) {
            if (file.read(blob) < 0) {
                throw new IOException("the snapshot's file is shorter than it was");
            }
        }
        return blob.array();
    }

    private void sendWhenReady(ByteString blob, long remaining, long end) throws IOException, InterruptedException {
        awaitReady(end);
        call.onNext(SnapshotResponse.newBuilder()
                .setBlob(blob)
                .setRemainingBytes(remaining)
                .setVersion(EtcdVersion.SNAPSHOT)
                .build());
    }

    private void awaitReady(long end) throws IOException, InterruptedException {
        synchronized (moved) {
            while (!call.isReady()) {
                long left = end - System.nanoTime();
                if (call.isCancelled()) {
                    throw new SnapshotFiles.AbandonedException();
                }
                if (left <= 0) {
                    throw new StuckException();
                }
                TimeUnit.NANOSECONDS.timedWait(moved, left);
            }
        }
        if (call.isCancelled()) {
            throw new SnapshotFiles.AbandonedException();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
