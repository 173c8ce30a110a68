package io.allium.onionservice;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.directory.Relay;

/** Tells where a descriptor of a service of ours goes. Immutable. */
record UploadNews(OnionAddress service, Ed25519Identity blinded, HsDirRing ring, DescriptorEvents events)
        implements DescriptorPublisher.Progress {
    @Override
    public void begun(Relay to) {
        events.told(new DescriptorEvents.Upload(service, blinded, to, ring.index(to)));
    }

    @Override
    public void taken(Relay by) {
        events.told(new DescriptorEvents.Uploaded(service, by));
    }

    @Override
    public void refused(Relay by, DescriptorEvents.Reason reason) {
        events.told(new DescriptorEvents.NotUploaded(service, blinded, by, reason));
    }
}
