package dev.cairn.client;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Nobody could be signed in, so the call that waited for it was not sent. */
public final class SignInException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Status.Code code;

    SignInException(Status.Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Whether the replica has answered, and did not take the user in. */
    public boolean isRefusal() {
        return code == Status.Code.UNAUTHENTICATED;
    }

    /** What the call that waited fails with. */
    Status status() {
        return code.toStatus().withDescription(getMessage()).withCause(this);
    }

    /** Whether a call failed with that, and so was never sent. */
    public static boolean isIn(Status status) {
        return status.getCause() instanceof SignInException;
    }
}
