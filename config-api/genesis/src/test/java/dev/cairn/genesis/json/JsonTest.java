package dev.cairn.genesis.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class JsonTest {
    @Property(tries = 300)
    void bothLayoutsReadBackAsTheSameValue(@ForAll("values") Json value) throws Exception {
        assertEquals(value, Json.parse(value.render()));
        assertEquals(value, Json.parse(value.renderLine()));
    }

    @Property(tries = 300)
    void arbitraryTextIsReadOrRefusedAndNothingElse(@ForAll("nearlyJson") String text) {
        try {
            Json.parse(text);
        } catch (Json.MalformedException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("line "), e::toString);
        }
    }

    @Example
    void refusalsNameLineAndColumn() {
        refused("", "line 1, column 1: a value was expected here");
        refused("{\"a\": 1,\n \"a\": 2}", "line 2, column 2: field \"a\" stands here a second time");
        refused("[1] x", "line 1, column 5: nothing may follow the end of the document");
        refused("[1,]", "line 1, column 4: a value was expected here");
        refused("[1.5]", "line 1, column 2: only whole numbers of 64 bits are allowed");
        refused("[01]", "line 1, column 2: only whole numbers of 64 bits are allowed");
        refused("[-0]", "line 1, column 2: only whole numbers of 64 bits are allowed");
        refused("9223372036854775808", "line 1, column 1: only whole numbers of 64 bits are allowed");
        refused("\"a", "line 1, column 3: this text has no closing quote");
        refused("\"a\nb\"", "line 1, column 3: a control character may not stand in text; escape it");
        refused("[".repeat(40), "line 1, column 34: more than 32 levels");
    }

    private static void refused(String text, String message) {
        assertEquals(
                message,
                assertThrows(Json.MalformedException.class, () -> Json.parse(text))
                        .getMessage());
    }

    @Provide
    Arbitrary<Json> values() {
        return values(3);
    }

    private static Arbitrary<Json> values(int depth) {
        Arbitrary<Json> leaf = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(20).map(Json::text),
                Arbitraries.longs().map(Json::whole),
                Arbitraries.of(true, false).map(Json::flag),
                Arbitraries.just(new Json.Null()));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<Json> inner = values(depth - 1);
        return Arbitraries.oneOf(
                leaf,
                inner.list().ofMaxSize(3).map(Json.Items::new),
                Arbitraries.maps(Arbitraries.strings().ofMaxLength(5), inner)
                        .ofMaxSize(3)
                        .map((Map<String, Json> map) -> new Json.Fields(new LinkedHashMap<>(map))));
    }

    @Provide
    Arbitrary<String> nearlyJson() {
        return Arbitraries.strings().withChars("{}[]:,\"\\u0e1-. \ntruefalsn").ofMaxLength(30);
    }
}
