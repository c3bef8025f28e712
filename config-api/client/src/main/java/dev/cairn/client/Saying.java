package dev.cairn.client;

import io.grpc.Status;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What a failed call means, for people. */
public final class Saying {
    private static final String DENIED = "etcdserver: permission denied";
    private static final String USER_EMPTY = "etcdserver: user name is empty";

    private Saying() {}

    /** Why there is no connection; nothing if that is not what the call failed for. */
    public static Optional<String> ofConnection(Status status) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
                return Optional.of("no such host");
            }
            if (cause instanceof ConnectException) {
                return Optional.of("connection refused");
            }
            if (cause instanceof SSLException && cause.getMessage() != null) {
                return Optional.of(ofTls(cause.getMessage()));
            }
        }
        return Optional.empty();
    }

    /** The alerts of TLS 1.3 and 1.2, and what the JDK says of a chain that ends nowhere. */
    private static String ofTls(String message) {
        if (message.contains("certificate_required") || message.contains("bad_certificate")) {
            return "it wants to see a certificate of the client's: name one with --cert and --cert-key, or, for an agent,"
                    + " with tls-certificate and tls-key";
        }
        if (message.contains("certification path") || message.contains("PKIX")) {
            return "its certificate is of no authority that is believed here: name the right one with --cacert, or, for"
                    + " an agent, with tls-authority";
        }
        if (message.contains("not an SSL/TLS record")) {
            return "it speaks clear text, and TLS was asked for";
        }
        return "TLS: " + message;
    }

    /** @param mayHaveActed if it was sent */
    static Refusal refusal(Status status, boolean mayHaveActed) {
        boolean acted = mayHaveActed && !SignInException.isIn(status);
        String description = String.valueOf(status.getDescription());
        if (status.getCause() instanceof SignInException refused && refused.isRefusal()) {
            return new Refusal.Declined(Refusal.Why.NOT_SIGNED_IN, description, false);
        }
        if (description.equals(DENIED)) {
            return new Refusal.Declined(Refusal.Why.NOT_PERMITTED, "permission denied", acted);
        }
        if (description.equals(USER_EMPTY)) {
            return new Refusal.Declined(
                    Refusal.Why.NO_USER, "permissions are enabled, and it is not told who asks", acted);
        }
        if (Login.isVoid(status)) {
            return new Refusal.Declined(
                    Refusal.Why.VOID_TOKEN, "the token is worth nothing there now; try again", acted);
        }
        return new Refusal.NoAnswer(sentence(status), acted);
    }

    private static String sentence(Status status) {
        String description = status.getDescription();
        return ofConnection(status).orElseGet(() -> switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "no answer in time";
            case UNIMPLEMENTED -> "it does not speak this protocol";
            default -> status.getCode().name() + (description == null ? "" : ": " + description);
        });
    }
}
