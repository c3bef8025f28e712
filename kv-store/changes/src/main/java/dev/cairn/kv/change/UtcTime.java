package dev.cairn.kv.change;

import java.util.OptionalLong;

/**
 * Seconds since 1970 as {@code 2026-01-31T12:00:00Z} and back, in the proleptic Gregorian calendar without leap seconds.
 * Written out here: replicas must agree for ever, whatever a library does.
 */
public final class UtcTime {
    /** 9999-12-31T23:59:59Z, the last second of four digits' years. */
    public static final long MAX_SECONDS = 253_402_300_799L;

    private static final String SHAPE = "dddd-dd-ddTdd:dd:ddZ";
    private static final long DAY_SECONDS = 86_400;

    /** 400 years, after which the calendar repeats. */
    private static final long ERA_DAYS = 146_097;

    /** From 0000-03-01, where years begin for reckoning, to 1970-01-01. */
    private static final long EPOCH_DAYS = 719_468;

    private UtcTime() {}

    public static String print(long seconds) {
        long days = Math.floorDiv(seconds, DAY_SECONDS) + EPOCH_DAYS;
        long second = Math.floorMod(seconds, DAY_SECONDS);
        long era = days / ERA_DAYS;
        long dayOfEra = days % ERA_DAYS;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayOfYear + 2) / 153;
        long day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return digits(4, year) + "-" + digits(2, month) + "-" + digits(2, day) + "T" + digits(2, second / 3600) + ":"
                + digits(2, second / 60 % 60) + ":" + digits(2, second % 60) + "Z";
    }

    private static String digits(int count, long value) {
        String plain = Long.toString(value);
        return "0".repeat(count - plain.length()) + plain;
    }

    /** The time, or nothing if {@code text} is not exactly what {@link #print} writes for some second since 1970. */
    public static OptionalLong parse(String text) {
        if (!hasShape(text)) {
            return OptionalLong.empty();
        }
        long year = number(text, 0, 4);
        long month = number(text, 5, 7);
        if (year < 1970 || month < 1 || month > 12) {
            return OptionalLong.empty();
        }
        long seconds = days(year, month, number(text, 8, 10)) * DAY_SECONDS
                + number(text, 11, 13) * 3600
                + number(text, 14, 16) * 60
                + number(text, 17, 19);
        boolean inRange = seconds >= 0 && seconds <= MAX_SECONDS;
        return inRange && print(seconds).equals(text) ? OptionalLong.of(seconds) : OptionalLong.empty();
    }

    private static long days(long year, long month, long day) {
        long yearFromMarch = month <= 2 ? year - 1 : year;
        long era = yearFromMarch / 400;
        long yearOfEra = yearFromMarch % 400;
        long monthFromMarch = month > 2 ? month - 3 : month + 9;
        long dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
        return era * ERA_DAYS + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EPOCH_DAYS;
    }

    private static boolean hasShape(String text) {
        if (text.length() != SHAPE.length()) {
            return false;
        }
        for (int i = 0; i < SHAPE.length(); i++) {
            char c = text.charAt(i);
            if (SHAPE.charAt(i) == 'd' ? c < '0' || c > '9' : c != SHAPE.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static long number(String text, int from, int to) {
        return Long.parseLong(text, from, to, 10);
    }
}
