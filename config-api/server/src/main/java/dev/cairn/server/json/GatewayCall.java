package dev.cairn.server.json;

import com.google.protobuf.Message;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.Background;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.net.HttpExchange;
import dev.cairn.server.net.HttpLoad;
import dev.cairn.server.net.HttpReply;
import dev.cairn.server.net.HttpSender;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request of the gateway and the call that it makes. Everything here happens on the connection's thread, but for the
 * work on large messages. One reply is under way at a time: the next is asked for when the client has taken the last.
 */
final class GatewayCall implements HttpExchange {
    /** A message of this size is not read or written on the thread that serves other connections too. */
    private static final int LARGE_BYTES = 64 << 10;

    /** A message is there as itself, and as its JSON, which is a third longer. */
    private static final long FORMS = 3;

    private static final Status NO_ROOM = Status.RESOURCE_EXHAUSTED.withDescription(
            "too much waits for clients that do not take their answers; ask again, or for less, or over gRPC");

    private static final Logger LOG = System.getLogger(GatewayCall.class.getName());

    private final ClientCall<Message, Message> call;
    private final Message prototype;
    private final boolean streamsIn;
    private final boolean streamsOut;
    private final HttpSender sender;
    private final Background background;
    private final GatewayLoad load;
    private final HttpLoad answers;

    // From the client: objects are read one after the other, and sent when the service can take them.
    private final JsonValues values;
    private final ArrayDeque<String> texts = new ArrayDeque<>();
    private int heldBytes;
    private boolean reading;
    private boolean advancing;
    private boolean bodyEnded;
    private boolean requestsEnded;
    private @Nullable ScheduledFuture<?> bodyPatience;

    // To the client.
    private @Nullable Message whole;
    private long wholeBytes;
    private boolean begun;
    private boolean writing;
    private boolean waitsForClient;
    private @Nullable Status closed;
    private boolean over;

    GatewayCall(
            ClientCall<Message, Message> call,
            Message prototype,
            MethodDescriptor.MethodType type,
            HttpSender sender,
            Background background,
            GatewayLoad load,
            HttpLoad answers) {
        this.call = call;
        this.prototype = prototype;
        this.streamsIn = !type.clientSendsOneMessage();
        this.streamsOut = !type.serverSendsOneMessage();
        this.values = new JsonValues(JsonGateway.MAX_OBJECT_BYTES, type.clientSendsOneMessage());
        this.sender = sender;
        this.background = background;
        this.load = load;
        this.answers = answers;
    }

    void start(Metadata metadata) {
        call.start(new Replies(), metadata);
        call.request(streamsOut ? 1 : 2);
        if (!streamsIn) {
            long millis = answers.patienceMillis();
            bodyPatience = sender.thread()
                    .schedule(
                            () -> fail(Status.DEADLINE_EXCEEDED.withDescription(
                                    "the body did not come within " + millis + " ms")),
                            millis,
                            TimeUnit.MILLISECONDS);
        }
    }

    // The client's side.

    @Override
    public void body(byte[] part) {
        if (requestsEnded) {
            return;
        }
        try {
            texts.addAll(values.add(part));
        } catch (MalformedJsonException e) {
            refuse(e);
            return;
        }
        if (hold()) {
            advance();
        } else {
            fail(EtcdError.TOO_MANY_REQUESTS.status());
        }
    }

    /** Accounts for what is kept of the body. False if it is too much, beside what others keep. */
    private boolean hold() {
        int bytes = requestsEnded
                ? 0
                : values.heldBytes() + texts.stream().mapToInt(String::length).sum();
        if (!load.take(bytes - heldBytes)) {
            return false;
        }
        heldBytes = bytes;
        return true;
    }

    @Override
    public void bodyEnded() {
        bodyEnded = true;
        advance();
    }

    /** Sends what can be sent. Small objects are read where it stands, so it is come back to from within: the loop goes on then. */
    private void advance() {
        if (!advancing) {
            advancing = true;
            takeTexts();
            advancing = false;
            settle();
        }
    }

    private void takeTexts() {
        while (!over && !requestsEnded && !reading && call.isReady() && !texts.isEmpty()) {
            String text = texts.remove();
            reading = true;
            // Given back when it has been read, also if nobody waits for that any more.
            heldBytes -= text.length();
            work(text.length(), () -> read(text), () -> load.take(-text.length()));
        }
    }

    private void settle() {
        hold();
        sender.pauseBody(!texts.isEmpty());
        if (over || requestsEnded || reading || !texts.isEmpty() || !bodyEnded) {
            return;
        }
        if (values.isWithinObject()) {
            refuse(new MalformedJsonException("unexpected end of the JSON object"));
        } else if (streamsIn) {
            endRequests();
        } else {
            // No body is an empty message.
            send(prototype);
        }
    }

    /** An object as a message, sent back on the connection's thread. Off it if {@code text} is large. */
    private Runnable read(String text) {
        try {
            Message message = JsonMessages.parse(text, prototype);
            return () -> {
                reading = false;
                send(message);
                advance();
            };
        } catch (MalformedJsonException e) {
            return () -> refuse(e);
        }
    }

    private void send(Message message) {
        if (over) {
            return;
        }
        call.sendMessage(message);
        if (!streamsIn) {
            endRequests();
        }
    }

    private void endRequests() {
        requestsEnded = true;
        endPatience();
        texts.clear();
        hold();
        call.halfClose();
        sender.pauseBody(false);
    }

    private void endPatience() {
        if (bodyPatience != null) {
            bodyPatience.cancel(false);
        }
    }

    private void refuse(MalformedJsonException why) {
        fail(Status.INVALID_ARGUMENT.withDescription(why.getMessage()));
    }

    /** Ends call and answer because of the request, the load or the client. */
    private void fail(Status why) {
        if (!over) {
            call.cancel("the request cannot be served", null);
            closed = why;
            whole = null;
            writing = false;
            finish(why);
        }
    }

    @Override
    public void gone() {
        call.cancel("the client went away", null);
        leave();
    }

    private void leave() {
        if (!over) {
            over = true;
            requestsEnded = true;
            endPatience();
            texts.clear();
            load.take(-heldBytes);
            heldBytes = 0;
            answers.giveBack(wholeBytes);
            wholeBytes = 0;
            load.leave();
        }
    }

    // The service's side.

    private final class Replies extends ClientCall.Listener<Message> {
        @Override
        public void onMessage(Message message) {
            sender.thread().execute(() -> received(message));
        }

        @Override
        public void onReady() {
            sender.thread().execute(GatewayCall.this::advance);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            sender.thread().execute(() -> closed(status));
        }
    }

    private void received(Message message) {
        if (over) {
            return;
        }
        long bytes = FORMS * message.getSerializedSize();
        if (!answers.take(bytes)) {
            fail(NO_ROOM);
        } else if (streamsOut) {
            writing = true;
            work(
                    message.getSerializedSize(),
                    () -> {
                        byte[] line = JsonMessages.result(message);
                        return () -> written(line);
                    },
                    () -> answers.giveBack(bytes));
        } else {
            whole = message;
            wholeBytes += bytes;
        }
    }

    private void written(byte[] line) {
        if (over) {
            return;
        }
        writing = false;
        if (!begun) {
            begun = true;
            sender.begin(200, HttpReply.JSON);
        }
        sender.send(line);
        if (closed != null) {
            finish(closed);
        } else if (sender.isWritable()) {
            call.request(1);
        } else {
            waitsForClient = true;
        }
    }

    @Override
    public void writable() {
        if (waitsForClient && !over) {
            waitsForClient = false;
            call.request(1);
        }
    }

    private void closed(Status status) {
        if (!over && closed == null) {
            closed = status;
            if (!writing) {
                finish(status);
            }
        }
    }

    private void finish(Status status) {
        if (begun || (streamsOut && status.isOk())) {
            finishStream(status);
        } else if (streamsOut) {
            over(() -> {
                sender.begin(HttpStatus.of(status).code(), HttpReply.JSON);
                sender.send(JsonMessages.streamError(status));
                sender.end();
            });
        } else if (!status.isOk() || whole == null) {
            over(() -> sender.reply(HttpReply.json(HttpStatus.of(status).code(), JsonMessages.error(status))));
        } else {
            Message message = whole;
            long bytes = wholeBytes;
            // Given back when it has been written, also if nobody waits for that any more.
            wholeBytes = 0;
            work(
                    message.getSerializedSize(),
                    () -> {
                        HttpReply reply = HttpReply.json(200, Bytes.wrap(JsonMessages.print(message)));
                        return () -> over(() -> sender.reply(reply));
                    },
                    () -> answers.giveBack(bytes));
        }
    }

    private void finishStream(Status status) {
        over(() -> {
            sender.begin(200, HttpReply.JSON);
            if (!status.isOk()) {
                sender.send(JsonMessages.streamError(status));
            }
            sender.end();
        });
    }

    private void over(Runnable answer) {
        if (!over) {
            leave();
            answer.run();
        }
    }

    /**
     * Does {@code task}, here unless it is about much, and what it returns on the connection's thread. If too much waits to be
     * done elsewhere, the call ends.
     *
     * @param giveBack what was taken for the task; done when that is over, or is not to be
     */
    private void work(int bytes, Supplier<Runnable> task, Runnable giveBack) {
        if (bytes < LARGE_BYTES) {
            done(task, giveBack).run();
        } else if (!background.offer(() -> sender.thread().execute(done(task, giveBack)))) {
            giveBack.run();
            fail(EtcdError.TOO_MANY_REQUESTS.status());
        }
    }

    private Runnable done(Supplier<Runnable> task, Runnable giveBack) {
        try {
            return task.get();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a request of the JSON gateway could not be served", e);
            return () ->
                    fail(Status.INTERNAL.withDescription("this replica could not serve the request; its log says why"));
        } finally {
            giveBack.run();
        }
    }
}
