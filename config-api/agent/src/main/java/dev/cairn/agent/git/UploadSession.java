package dev.cairn.agent.git;

import dev.cairn.agent.http.Reply;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.TreeException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.UploadPackInternalServerErrorException;

/** One fetch, as {@code git upload-pack} serves it. What is in the way is a line that git shows. */
public record UploadSession(Projections projections, RepositoryName name) implements Reply.Session {
    private static final Logger LOG = System.getLogger(UploadSession.class.getName());
    private static final int BUFFER_BYTES = 32 << 10;

    /** In one fetch; some 20,000 commits that a client has. JGit holds more than it reads, for each session. */
    static final int MAX_INPUT_BYTES = 1 << 20;

    @Override
    public void run(InputStream in, OutputStream raw) throws IOException {
        OutputStream out = new BufferedOutputStream(raw, BUFFER_BYTES);
        try (Projections.Open open = projections.open(name)) {
            upload(open, in, out);
        } catch (TreeException e) {
            refuse(out, "repository " + name + ": " + e.getMessage());
        } catch (NotVerifiedException e) {
            refuse(out, String.valueOf(e.getMessage()));
        } catch (UploadPackInternalServerErrorException e) {
            out.flush(); // JGit has written why
            throw e;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a fetch of " + name + " failed", e);
            refuse(out, "internal error; the agent's log has it");
        }
        out.flush();
    }

    private static void refuse(OutputStream out, String why) throws IOException {
        new PacketLineOut(out).writeString("ERR " + why);
    }

    private static void upload(Projections.Open open, InputStream in, OutputStream out) throws IOException {
        try (UploadPack upload = new UploadPack(open.store())) {
            upload.setAdvertisedRefs(open.refs().advertised());
            upload.setPackConfig(asStored());
            upload.upload(new LimitedInput(in, MAX_INPUT_BYTES), out, null);
        }
    }

    /** Objects go out as they lie on disk: nothing is compressed anew, and no deltas are looked for, to a client on this machine. */
    private static PackConfig asStored() {
        PackConfig config = new PackConfig();
        config.setDeltaCompress(false);
        config.setReuseObjects(true);
        config.setThreads(1);
        return config;
    }
}
