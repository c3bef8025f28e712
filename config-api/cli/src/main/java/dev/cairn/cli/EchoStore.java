package dev.cairn.cli;

import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.mvccpb.KeyValue;
import io.grpc.stub.StreamObserver;

/** A store for rehearsals: every key is there, and is its own value. */
final class EchoStore extends KVGrpc.KVImplBase {
    private static final ResponseHeader HEADER =
            ResponseHeader.newBuilder().setRevision(2).build();

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
        observer.onNext(RangeResponse.newBuilder()
                .setHeader(HEADER)
                .setCount(1)
                .addKvs(KeyValue.newBuilder()
                        .setKey(request.getKey())
                        .setValue(request.getKey())
                        .setModRevision(2))
                .build());
        observer.onCompleted();
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
        observer.onNext(PutResponse.newBuilder().setHeader(HEADER).build());
        observer.onCompleted();
    }
}
