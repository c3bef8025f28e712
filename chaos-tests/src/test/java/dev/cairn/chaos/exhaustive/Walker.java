package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.ReplicaId;
import java.util.List;

/** One honest replica of a walk, and all that it has said. */
final class Walker implements Menu.Stand {
    private final Mail mail;
    private final Chronicle chronicle;
    private final Shell shell;
    private ReplicaStatus status;
    private Past past;

    Walker(SmallWorld world, Mail mail, ReplicaId self) {
        this.mail = mail;
        this.chronicle = new Chronicle(world, self);
        this.shell = new Shell(world, mail, self);
        this.status = shell.status();
        this.past = chronicle.after(Past.EMPTY, shell.beginning);
    }

    /** False if the step did nothing that anybody could notice. */
    boolean take(Step step) {
        List<Effect> effects = shell.step(mail.eventsOf(step));
        past = chronicle.after(past, effects);
        status = shell.status();
        return effects.stream().anyMatch(Chronicle::tells);
    }

    @Override
    public int view() {
        return (int) status.view().number();
    }

    @Override
    public boolean active() {
        return !status.changing();
    }

    @Override
    public int height() {
        return (int) status.committed().value();
    }

    @Override
    public Past past() {
        return past;
    }
}
