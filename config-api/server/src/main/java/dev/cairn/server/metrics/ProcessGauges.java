package dev.cairn.server.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is shown of this process. */
public final class ProcessGauges {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int PAGE_BYTES = 4096;

    public long uptimeMillis() {
        return ManagementFactory.getRuntimeMXBean().getUptime();
    }

    public double startSeconds() {
        return ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0;
    }

    /** Open files and sockets, or 0 where the system does not tell; so with the next two. */
    public double openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    public double maxFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : 0;
    }

    public double virtualBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getCommittedVirtualMemorySize()
                : 0;
    }

    /** Resident memory, where the kernel tells; else the heap in use. */
    public long residentBytes() {
        try {
            String[] pages = Files.readString(STATM).split(" ", 3);
            return Long.parseLong(pages[1]) * PAGE_BYTES;
        } catch (IOException e) {
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }
    }
}
