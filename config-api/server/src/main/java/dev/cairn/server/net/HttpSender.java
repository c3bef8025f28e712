package dev.cairn.server.net;

import java.util.concurrent.ScheduledExecutorService;

/**
 * The way back to whoever made a request: one whole answer, or {@link #begin}, any number of parts, and {@link #end}. To
 * be called on {@link #thread} alone. After the end, and once the client is gone, calls do nothing.
 */
public interface HttpSender {
    void reply(HttpReply whole);

    /** Sends the head of an answer whose length is not known yet. */
    void begin(int status, String contentType);

    void send(byte[] part);

    void end();

    /** Whether little of what was sent still waits for the client. Sending more is possible, but is kept in memory. */
    boolean isWritable();

    /** Lets the client wait with the rest of the body, or go on. A little more may still come. */
    void pauseBody(boolean pause);

    /** The connection's thread. */
    ScheduledExecutorService thread();
}
