package dev.cairn.server.net;

/**
 * One request as it goes on, told to whoever serves it. All calls come on the connection's thread and must not block;
 * none follows the end of the answer.
 */
public interface HttpExchange {
    /** One whose answer was given when it was opened, or needs no body. */
    HttpExchange ANSWERED = new HttpExchange() {
        @Override
        public void body(byte[] part) {}

        @Override
        public void bodyEnded() {}

        @Override
        public void writable() {}

        @Override
        public void gone() {}
    };

    /** Some of the body. */
    void body(byte[] part);

    /** The body is complete. */
    void bodyEnded();

    /** {@link HttpSender#isWritable} is true again. */
    void writable();

    /** The client went away before the answer was complete. */
    void gone();
}
