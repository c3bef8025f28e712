package dev.cairn.protocol.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Fixed-width big-endian numbers in byte arrays: the only number format inside hashed or signed bytes. */
public final class BigEndian {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    public static long getLong(byte[] source, int offset) {
        return (long) LONG.get(source, offset);
    }

    public static void putLong(byte[] target, int offset, long value) {
        LONG.set(target, offset, value);
    }

    public static int getInt(byte[] source, int offset) {
        return (int) INT.get(source, offset);
    }

    public static void putInt(byte[] target, int offset, int value) {
        INT.set(target, offset, value);
    }
}
