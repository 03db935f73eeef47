package io.aviary.simulation;

import java.time.Duration;
import java.util.List;

/** What a simulated container does. */
public sealed interface Behaviour {

  /** Runs until it is stopped, and answers requests; ready when its readiness probe is answered. */
  record Serves(Application application) implements Behaviour {}

  /**
   * Runs, but its readiness probe fails. A container without a probe counts as ready nevertheless,
   * as it does on a real cluster.
   *
   * @param words what the probe says, after {@code Readiness probe failed:}
   */
  record NeverReady(String words) implements Behaviour {}

  /** Ends soon after each start. */
  record Crashes(int exitCode, List<String> log) implements Behaviour {}

  /** ErrImagePull, then ImagePullBackOff. */
  record CannotPull(String words) implements Behaviour {}

  /** The runtime cannot start its process, e.g. because there is no such program. */
  record CannotStart(String words) implements Behaviour {}

  /** No node takes the pod. */
  record Unschedulable(String words) implements Behaviour {}

  /** Runs once and ends with the script's exit code. */
  record Runs(Script script) implements Behaviour {}

  /** Answers everything at once. */
  static Behaviour ready() {
    return new Serves((method, path, body) -> new Reply.Answer(200, "ok"));
  }

  /** A program that serves HTTP. May be called by many threads. */
  @FunctionalInterface
  interface Application {
    Reply reply(String method, String path, String body);
  }

  /** What comes back for a request. */
  sealed interface Reply {
    /** An HTTP response. */
    record Answer(int status, String body) implements Reply {}

    /** Nothing until the client gives up. */
    record Silence() implements Reply {}
  }

  /** A program that ends; runs on a thread of its own, interrupted when its pod is stopped. */
  @FunctionalInterface
  interface Script {
    /** Returns the exit code. */
    int run(Execution execution) throws InterruptedException;
  }

  /** What a script can do. */
  interface Execution {
    Container container();

    void log(String line);

    /** What the container leaves in its termination message file. */
    void leave(String terminationMessage);

    /** Lets simulated time pass: shorter than that by the cluster's speed. */
    void pause(Duration time) throws InterruptedException;

    /** Asks a Service of the cluster, as curl with a limit of 3 s would. */
    Response request(String method, String host, String path, String body)
        throws InterruptedException;
  }

  /** What a client sees. */
  sealed interface Response {
    /** An HTTP response. */
    record Http(int status, String body) implements Response {}

    /**
     * No response.
     *
     * @param curl the exit code that curl gives it
     */
    record Failed(int curl, String words) implements Response {}
  }
}
