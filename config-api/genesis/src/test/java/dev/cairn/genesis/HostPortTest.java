package dev.cairn.genesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @ValueSource(strings = {"a:1", "node-1.example.org:2379", "127.0.0.1:65535", "[::1]:2379", "[fe80::1:2]:80"})
    void readsBackWhatItPrints(String text) {
        assertEquals(text, HostPort.parse(text).toString());
    }

    @Test
    void theDefaultPortStandsInForAMissingOne() {
        assertEquals(new HostPort("node", 2379), HostPort.parse("node", 2379));
        assertEquals(new HostPort("::1", 2379), HostPort.parse("[::1]", 2379));
        assertEquals(new HostPort("node", 1), HostPort.parse("node:1", 2379));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "a",
                "a:",
                ":1",
                "a:0",
                "a:65536",
                "a:1x",
                "a:+1",
                "a:01",
                "::1",
                "::1:2379",
                "[::1]",
                "[::1",
                "[a]:1",
                "a b:1",
                "http://a:1",
                "a/b:1",
                "-a:1"
            })
    void refusesTheRest(String text) {
        assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text));
    }
}
