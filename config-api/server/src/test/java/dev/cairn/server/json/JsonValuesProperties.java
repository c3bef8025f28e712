package dev.cairn.server.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** However a body is cut into parts, the objects in it come out whole and in order. */
class JsonValuesProperties {
    private static final int MAX_BYTES = 4096;

    @Property(tries = 300)
    void cutsDoNotMatter(@ForAll("objects") List<String> objects, @ForAll Random random) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String object : objects) {
            text.append(object).append(" \n\t\r".substring(random.nextInt(4)));
        }
        JsonValues values = new JsonValues(MAX_BYTES, false);
        List<String> seen = new ArrayList<>();
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(7));
            seen.addAll(values.add(Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }
        assertThat(seen).isEqualTo(objects);
        assertThat(values.isWithinObject()).isFalse();
        assertThat(values.heldBytes()).isZero();
    }

    @Provide
    Arbitrary<List<String>> objects() {
        Arbitrary<String> strings = Arbitraries.strings()
                .withChars("{}[]\"\\/ab ,:é€")
                .withChars('\n', '\t')
                .ofMaxLength(12);
        Arbitrary<JsonObject> flat = strings.list().ofMaxSize(4).map(names -> {
            JsonObject object = new JsonObject();
            names.forEach(name -> object.addProperty(name, name));
            return object;
        });
        return flat.list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(JsonValuesProperties::nested)
                .list()
                .ofMaxSize(4);
    }

    private static String nested(List<JsonObject> parts) {
        JsonObject whole = new JsonObject();
        for (JsonObject part : parts) {
            part.add("{", whole);
            whole = part;
        }
        return whole.toString();
    }

    @Example
    void whatIsNoObjectIsRefusedAtItsFirstByte() {
        for (String text : List.of("[", "1", "null", "\"", "}", "{}]", "é")) {
            assertThatThrownBy(() -> new JsonValues(MAX_BYTES, false).add(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(MalformedJsonException.class)
                    .hasMessageContaining("a JSON object is expected");
        }
    }

    @Example
    void anObjectMayNotBeLong() throws Exception {
        JsonValues values = new JsonValues(10, false);
        assertThat(values.add("{\"a\":123}{".getBytes(StandardCharsets.UTF_8))).containsExactly("{\"a\":123}");
        assertThat(values.isWithinObject()).isTrue();
        assertThatThrownBy(() -> values.add("\"a\":123456".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("longer than 10 bytes");
    }
}
