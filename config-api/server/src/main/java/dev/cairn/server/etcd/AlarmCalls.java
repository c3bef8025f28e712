package dev.cairn.server.etcd;

import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.proto.etcdserverpb.AlarmMember;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmResponse;
import dev.cairn.proto.etcdserverpb.AlarmType;
import dev.cairn.server.Background;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** etcd's alarms: raised and taken back through the log, asked for at a linearizable point. */
final class AlarmCalls {
    private final Gateway gateway;
    private final ReadIndex readIndex;
    private final Store store;
    private final Access access;
    private final Headers headers;
    private final Background background;

    AlarmCalls(
            Gateway gateway, ReadIndex readIndex, Store store, Access access, Headers headers, Background background) {
        this.gateway = gateway;
        this.readIndex = readIndex;
        this.store = store;
        this.access = access;
        this.headers = headers;
        this.background = background;
    }

    void answer(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
        Optional<Alarm> named =
                Alarm.Kind.ofCode(request.getAlarmValue()).map(kind -> new Alarm(request.getMemberID(), kind));
        switch (request.getAction()) {
            case GET -> readIndex.await(new Get(request, observer));
            case ACTIVATE ->
                named.ifPresentOrElse(
                        alarm -> change(new UpkeepOperation.RaiseAlarm(alarm), alarm, true, observer),
                        () -> send(observer, store.revision(), List.of()));
            case DEACTIVATE ->
                named.ifPresentOrElse(
                        alarm -> change(new UpkeepOperation.DisarmAlarm(alarm), alarm, false, observer),
                        () -> send(observer, store.revision(), List.of()));
            case UNRECOGNIZED -> send(observer, store.revision(), List.of());
        }
    }

    /** @param always whether the alarm is told though nothing changed */
    private void change(Operation operation, Alarm alarm, boolean always, StreamObserver<AlarmResponse> observer) {
        Reply<AlarmResponse> reply = new Reply<>(
                observer,
                outcome -> outcome instanceof Outcome.Upkept(long revision, boolean changed)
                        ? response(revision, always || changed ? List.of(alarm) : List.of())
                        : null,
                background);
        Optional<Operation> asked = access.asked(Credentials.current(), operation);
        if (asked.isEmpty()) {
            reply.fail(EtcdError.INVALID_AUTH_TOKEN);
        } else {
            gateway.submit(new WriteCall(asked.get(), OperationSize.of(asked.get()), reply, store));
        }
    }

    private final class Get implements ReadIndex.Read {
        private final AlarmRequest request;
        private final StreamObserver<AlarmResponse> observer;

        Get(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
            this.request = request;
            this.observer = observer;
        }

        @Override
        public void proceed() {
            List<Alarm> raised = store.alarms().stream()
                    .filter(alarm ->
                            request.getAlarm() == AlarmType.NONE || alarm.kind().code() == request.getAlarmValue())
                    .toList();
            send(observer, store.revision(), raised);
        }

        @Override
        public void refuse(Refusal why) {
            observer.onError(EtcdError.of(why).exception());
        }
    }

    private void send(StreamObserver<AlarmResponse> observer, long revision, List<Alarm> alarms) {
        observer.onNext(response(revision, alarms));
        observer.onCompleted();
    }

    private AlarmResponse response(long revision, List<Alarm> alarms) {
        AlarmResponse.Builder response = AlarmResponse.newBuilder().setHeader(headers.at(revision));
        alarms.forEach(alarm -> response.addAlarms(AlarmMember.newBuilder()
                .setMemberID(alarm.member())
                .setAlarmValue(alarm.kind().code())));
        return response.build();
    }

    /** As etcd prints an alarm among a member's errors. */
    static String text(Alarm alarm) {
        String member = alarm.member() == 0 ? "" : "memberID:" + Long.toUnsignedString(alarm.member()) + " ";
        return member + "alarm:" + alarm.kind().name();
    }
}
