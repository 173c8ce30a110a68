package io.allium.app;

import io.allium.base.LocalFailure;

/** A change for which all that could be in the way has been had already. One of the two is called, and neither can fail. */
interface Prepared {
    /** What could still be in the way. */
    interface Step {
        void run() throws LocalFailure;
    }

    /** There is nothing to change. */
    Prepared NOTHING = new Prepared() {
        @Override
        public void take() {}

        @Override
        public void abandon() {}
    };

    /** It happens. */
    void take();

    /** It does not: what was had for it is given back, and all is as before. */
    void abandon();

    /** It happens once this is done, and where this fails it does not. */
    default void takeAfter(Step step) throws LocalFailure {
        boolean done = false;
        try {
            step.run();
            done = true;
        } finally {
            if (!done) {
                abandon();
            }
        }
        take();
    }
}
