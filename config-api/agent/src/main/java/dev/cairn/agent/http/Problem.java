package dev.cairn.agent.http;

/** Why a request gets no answer: a status, and one line that says what to do. */
public final class Problem extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    public Problem(int status, String message) {
        super(message);
        this.status = status;
    }

    public static Problem badRequest(String message) {
        return new Problem(400, message);
    }

    public static Problem unavailable(String message) {
        return new Problem(503, message);
    }

    public int status() {
        return status;
    }

    public String line() {
        return String.valueOf(getMessage());
    }
}
