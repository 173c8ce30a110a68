package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a Tor that stays off the network. */
class TorTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final TorLog log = new TorLog(
            time,
            ZoneOffset.UTC,
            new SystemDisk(),
            new PrintStream(output, true, StandardCharsets.UTF_8),
            new PrintStream(output, true, StandardCharsets.UTF_8),
            Log.Severity.NOTICE);
    private String torrc = "DisableNetwork 1\nControlPort 127.0.0.1:auto\n";

    @AfterEach
    void close() {
        tasks.close();
        time.close();
    }

    @Test
    void itTakesItsFolderAndGivesItBack() throws Exception {
        torrc += "PidFile " + folder.resolve("pid") + "\nControlPortWriteToFile " + folder.resolve("port") + "\n";
        try (Tor tor = tor()) {
            tor.start();
            assertThat(folder.resolve("pid")).hasContent(ProcessHandle.current().pid() + "");
            assertThat(Files.readString(folder.resolve("port"))).matches("PORT=127\\.0\\.0\\.1:[0-9]+\n");
            try (Tor second = tor()) {
                assertThatThrownBy(second::start)
                        .isInstanceOf(LocalFailure.class)
                        .hasMessageContaining(
                                "It looks like another Tor process is running with the same data directory");
            }
        }
        assertThat(folder.resolve("pid")).doesNotExist();
        try (Tor third = tor()) {
            third.start();
        }
        assertThat(output()).contains("[notice] Opened Control listener connection (ready) on 127.0.0.1:");
    }

    @Test
    void haltEndsIt() throws Exception {
        try (Tor tor = tor()) {
            tor.start();
            tor.signal(ControlSignal.HALT);
            tor.ended().get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void aGoneOwnerEndsIt() throws Exception {
        Process owner = new ProcessBuilder("true").start();
        owner.waitFor();
        torrc += "__OwningControllerProcess " + owner.pid() + "\n";
        try (Tor tor = tor()) {
            tor.start();
            tor.ended().get(1, TimeUnit.MINUTES);
        }
        assertThat(output()).contains("Monitored process " + owner.pid() + " is dead; exiting.");
    }

    @Test
    void optionsThatMayChangeDoAndOthersDoNot() throws Exception {
        try (Tor tor = tor()) {
            tor.start();
            tor.change(Options.parse(settings() + "SafeSocks 1\n"));
            assertThat(tor.options().flag("SafeSocks")).isTrue();
            Options moved = Options.parse(torrc + "DataDirectory /elsewhere\n");
            assertThatThrownBy(() -> tor.change(moved)).hasMessageContaining("DataDirectory is not allowed");
            Options renamed = Options.parse(settings() + "Nickname other\n");
            assertThatThrownBy(() -> tor.change(renamed)).hasMessageContaining("takes effect only at the next start");
            Options bad = Options.parse(settings() + "Nickname no-name\n");
            assertThatThrownBy(() -> tor.change(bad)).hasMessageContaining("nicknames must be");
            assertThat(tor.options().flag("SafeSocks")).isTrue();
        }
    }

    private Tor tor() throws IOException, LocalFailure {
        Options options = Options.parse(settings());
        return new Tor(
                options,
                () -> options,
                folder,
                time,
                new SystemEntropy(),
                new SystemNetwork(),
                new SystemDisk(),
                tasks,
                new SystemNames(),
                log);
    }

    private String settings() {
        return torrc + "DataDirectory " + folder.resolve("data") + "\n";
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
