package io.aviary.endtoend;

import static org.awaitility.Awaitility.await;

import io.aviary.Aviary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server in a process of its own, so that it can die or stand still at any moment. */
public final class ServerProcess {

  private final int port;
  private final List<String> arguments;
  private final @Nullable String name;
  private final List<String> wrapper;
  private final List<String> program;
  private volatile @Nullable Process process;

  /**
   * Not started yet.
   *
   * @param arguments of the server; {@code server.port} must be the port
   */
  public ServerProcess(int port, List<String> arguments) {
    this(port, arguments, null);
  }

  /**
   * As the other one.
   *
   * @param name what its name begins with in the database, which has one after each start
   */
  public ServerProcess(int port, List<String> arguments, @Nullable String name) {
    this(
        port,
        arguments,
        name,
        List.of(),
        List.of("-cp", System.getProperty("java.class.path"), Aviary.class.getName()));
  }

  private ServerProcess(
      int port,
      List<String> arguments,
      @Nullable String name,
      List<String> wrapper,
      List<String> program) {
    this.port = port;
    this.arguments = List.copyOf(arguments);
    this.name = name;
    this.wrapper = wrapper;
    this.program = program;
  }

  /**
   * As it is delivered.
   *
   * @param wrapper a command that ends by becoming the one that follows; empty: none
   */
  static ServerProcess packaged(Path jar, int port, List<String> arguments, List<String> wrapper) {
    return new ServerProcess(port, arguments, null, wrapper, List.of("-jar", jar.toString()));
  }

  public static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Starts it and waits until it answers. */
  public void start() {
    launch();
    await("the server at port " + port + " is up")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(100))
        .until(this::isUp);
  }

  private void launch() {
    var command = new ArrayList<String>();
    command.addAll(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Xmx512m");
    command.addAll(program);
    command.addAll(arguments);
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    if (name != null) {
      builder.environment().put("HOSTNAME", name);
    }
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path logFile() {
    return Path.of("target", "server-" + port + ".log");
  }

  /** All that it has said, of each start. */
  public String log() {
    try {
      return Files.readString(logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isUp() {
    if (!isAlive()) {
      throw new IllegalStateException("the server ended; see " + logFile());
    }
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url() + "/actuator/health/liveness"))
              .timeout(Duration.ofSeconds(5))
              .build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  public boolean isAlive() {
    var running = process;
    return running != null && running.isAlive();
  }

  /** As {@code kill -9}: it has no time to do anything. */
  public void kill() {
    var running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  /** As {@code kill -TERM}: it is asked to end, and not waited for. */
  public void terminate() {
    running().destroy();
  }

  /** False: it has not ended in that time. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    return running().waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** It stands still in the middle of whatever it does; its connections stay. */
  public void hang() {
    run("kill", "-STOP", Long.toString(running().pid()));
  }

  public void goOn() {
    run("kill", "-CONT", Long.toString(running().pid()));
  }

  /**
   * None of its files may grow beyond this size, as if the disk were full.
   *
   * @param bytes {@code unlimited}: the disk has room again
   */
  public void limitFiles(String bytes) {
    run("prlimit", "--pid", Long.toString(running().pid()), "--fsize=" + bytes + ":" + "unlimited");
  }

  private Process running() {
    var running = process;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  private static void run(String... command) {
    try {
      var ended = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (ended != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + ended);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
