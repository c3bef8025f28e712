package dev.cairn.server.config;

import java.util.Optional;

/** A key that a configuration file may set. */
public interface SettingKey {
    String key();

    /** What holds when the file does not name this key. */
    Optional<String> fallback();

    String example();

    String meaning();
}
