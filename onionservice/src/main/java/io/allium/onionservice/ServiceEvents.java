package io.allium.onionservice;

/** Who hears how services of ours fare. Called from the tasks of services: must return at once. */
public interface ServiceEvents {
    /** A service can be reached now, or no longer, or something has been in its way for long. */
    void told(ServiceStatus status);

    /** Nobody listens. */
    ServiceEvents NONE = status -> {};
}
