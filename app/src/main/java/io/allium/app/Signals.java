package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * The operating system's signals, as C tor takes them. The JDK's only way to them is {@code sun.misc.Signal}, which the
 * compiler warns of and cannot be told not to: so it is called by reflection.
 */
final class Signals {
    private Signals() {}

    /** From now on signals go to {@code tor}. One that this JVM keeps for itself is left to it. */
    static void handle(Controlled tor, Log log) {
        handle("TERM", log, () -> {
            log.notice(Domain.GENERAL, "Catching signal TERM, exiting cleanly.");
            tor.signal(ControlSignal.HALT);
        });
        handle("INT", log, () -> tor.signal(ControlSignal.SHUTDOWN));
        handle("HUP", log, () -> tor.signal(ControlSignal.RELOAD));
        handle("USR1", log, () -> tor.signal(ControlSignal.DUMP));
        handle("USR2", log, () -> tor.signal(ControlSignal.DEBUG));
    }

    /** Calls {@code action} when the process is told to end. */
    static void onEnd(Runnable action) {
        handle("TERM", Log.NONE, action);
        handle("INT", Log.NONE, action);
    }

    private static void handle(String name, Log log, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (InvocationTargetException taken) {
            log.info(Domain.GENERAL, "Signal " + name + " is not ours to handle: " + taken.getCause());
        } catch (ReflectiveOperationException missing) {
            log.warn(Domain.GENERAL, "This JVM gives no access to signals: " + missing.getMessage());
        }
    }
}
