package io.allium.onionservice;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which servers of a service do not answer: the operator is to hear once of each outage, however many clients come meanwhile. Safe
 * from any thread.
 */
final class SilentServers {
    private final Log log;
    private final Set<ServicePort.Target> silent = ConcurrentHashMap.newKeySet(); // at most one for each port

    SilentServers(Log log) {
        this.log = log;
    }

    /** A client's stream could not be led there. */
    void failed(int port, ServicePort.Target server, String why) {
        boolean isNews = silent.add(server);
        log.write(
                isNews ? Log.Severity.WARN : Log.Severity.INFO,
                Domain.REND,
                "A client of port " + port + " could not be served: nobody answers at " + server + ": " + why);
    }

    /** It took a stream. */
    void answered(ServicePort.Target server) {
        if (silent.remove(server)) {
            log.notice(Domain.REND, "The server at " + server + " answers again.");
        }
    }
}
