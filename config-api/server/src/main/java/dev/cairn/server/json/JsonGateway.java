package dev.cairn.server.json;

import com.google.protobuf.Message;
import dev.cairn.server.Background;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.net.HttpExchange;
import dev.cairn.server.net.HttpHead;
import dev.cairn.server.net.HttpLoad;
import dev.cairn.server.net.HttpReply;
import dev.cairn.server.net.HttpSender;
import dev.cairn.server.net.HttpService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * etcd's API for those who have no gRPC: {@code POST /v3/...} with the JSON of the method's request. Each request becomes
 * a call on a channel to the same services behind the same gates, so nothing is allowed here that is not allowed there.
 * The caller's {@code Authorization} goes with it; the name in its TLS certificate does not, as in etcd.
 */
public final class JsonGateway implements HttpService {
    /** etcd's requests have up to 1.5 MiB, a third more in base64, and a txn may name its keys twice. */
    static final int MAX_OBJECT_BYTES = 4 << 20;

    private static final String METADATA_PREFIX = "grpc-metadata-";
    private static final Pattern METADATA_NAME = Pattern.compile("(?!grpc-)[0-9a-z_.-]+(?<!-bin)");

    private final Channel services;
    private final Background background;
    private final GatewayLoad load;
    private final HttpLoad answers;

    /**
     * @param services what is called; must not block a caller
     * @param background where large messages are read and written
     * @param answers what counts the answers; its patience is also with bodies
     */
    public JsonGateway(Channel services, Background background, GatewayLoad load, HttpLoad answers) {
        this.services = services;
        this.background = background;
        this.load = load;
        this.answers = answers;
    }

    /** Whether {@code path} is one for the gateway, or would be if there were such a method. */
    public static boolean isFor(String path) {
        return path.startsWith(GatewayPaths.PREFIX) || path.startsWith(GatewayPaths.OLD_PREFIX);
    }

    @Override
    public HttpExchange open(HttpHead head, HttpSender sender) {
        String path = head.path();
        String prefix = path.startsWith(GatewayPaths.PREFIX) ? GatewayPaths.PREFIX : GatewayPaths.OLD_PREFIX;
        MethodDescriptor<?, ?> method = GatewayPaths.METHODS.get(path.substring(prefix.length()));
        if (method == null) {
            return refuse(sender, 404, Status.NOT_FOUND.withDescription("Not Found"));
        }
        if (!head.method().equals("POST")) {
            return refuse(sender, 405, Status.UNIMPLEMENTED.withDescription("Method Not Allowed"));
        }
        if (!load.enter()) {
            return refuse(sender, 429, EtcdError.TOO_MANY_REQUESTS.status());
        }
        GatewayCall call = new GatewayCall(
                services.newCall(ofMessages(method), CallOptions.DEFAULT),
                prototype(method.getRequestMarshaller()),
                method.getType(),
                sender,
                background,
                load,
                answers);
        call.start(metadata(head));
        return call;
    }

    private static HttpExchange refuse(HttpSender sender, int code, Status why) {
        sender.reply(HttpReply.json(code, JsonMessages.error(why)));
        return HttpExchange.ANSWERED;
    }

    /** All methods are of protobuf's messages. */
    @SuppressWarnings("unchecked")
    private static MethodDescriptor<Message, Message> ofMessages(MethodDescriptor<?, ?> method) {
        return (MethodDescriptor<Message, Message>) method;
    }

    private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
        if (marshaller instanceof MethodDescriptor.PrototypeMarshaller<?> of
                && of.getMessagePrototype() instanceof Message message) {
            return message;
        }
        throw new AssertionError("not a marshaller of protobuf's messages: " + marshaller);
    }

    private static Metadata metadata(HttpHead head) {
        Metadata metadata = new Metadata();
        for (Map.Entry<String, String> field : head.fields().entrySet()) {
            String name = field.getKey();
            if (name.equals("authorization")) {
                put(metadata, name, field.getValue());
            } else if (name.startsWith(METADATA_PREFIX)) {
                String own = name.substring(METADATA_PREFIX.length());
                if (METADATA_NAME.matcher(own).matches()) {
                    put(metadata, own, field.getValue());
                }
            }
        }
        return metadata;
    }

    private static void put(Metadata metadata, String name, String value) {
        metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }
}
