package dev.cairn.cli;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Where a server's log goes: to standard output, so that standard error has nothing but the reason of a failure. */
final class Logging {
    /** Warns, with a stack trace, of what follows from closing while something opens. Held, lest its level be lost. */
    private static final Logger CLOSING = Logger.getLogger("io.netty.channel.AbstractChannel");

    /** Warns, with a stack trace, of each name that is not found. Held as well. */
    private static final Logger RPC = Logger.getLogger("io.grpc");

    private Logging() {}

    /** What a client's connections come to is told in its own error's one line. */
    static void quietConnections() {
        RPC.setLevel(Level.SEVERE);
    }

    static void toStandardOutput() {
        LogManager.getLogManager().reset();
        Handler handler = new StandardOutput();
        handler.setFormatter(new SimpleFormatter());
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        CLOSING.setLevel(Level.SEVERE);
    }

    private static final class StandardOutput extends Handler {
        @Override
        public void publish(LogRecord entry) {
            if (isLoggable(entry)) {
                System.out.print(getFormatter().format(entry));
            }
        }

        @Override
        public void flush() {
            System.out.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
