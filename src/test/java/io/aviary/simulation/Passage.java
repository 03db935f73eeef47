package io.aviary.simulation;

/**
 * What lies between a server under test and a simulated service: each of its requests passes on its
 * way there and its answer on the way back. Called by many threads; may wait, and throws nothing.
 */
public interface Passage {

  /** Everything passes. */
  Passage OPEN =
      new Passage() {
        @Override
        public boolean arrives(String service, String request) {
          return true;
        }

        @Override
        public boolean returns(String service, String request) {
          return true;
        }
      };

  /**
   * Whether the request reaches the service; if not, nothing has happened there.
   *
   * @param service {@code cluster}, {@code registry}, {@code git} or {@code github}
   * @param request method and path
   */
  boolean arrives(String service, String request);

  /** Whether the answer reaches who asked; what was asked for has happened either way. */
  boolean returns(String service, String request);
}
