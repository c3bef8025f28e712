package dev.cairn.ssh;

/**
 * What a hardware key says of the moment of signing. Somebody touched it: without that there is no such record.
 *
 * @param userVerified whether it also asked for a PIN or a finger
 * @param counter signatures of that device so far, from 0 to 2^32 − 1; some devices never count
 */
public record Touch(boolean userVerified, long counter) {}
