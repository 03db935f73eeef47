package io.aviary.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** Speaks as much SMTP as it takes to be given a message. */
final class FakeMailServer implements AutoCloseable {

  final List<String> messages = new CopyOnWriteArrayList<>();
  volatile boolean refuses;
  private final ServerSocket socket;

  FakeMailServer() {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var _ = Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try (var connection = socket.accept()) {
        talk(connection);
      } catch (IOException e) {
        // The client has gone, or the test is over.
      }
    }
  }

  private void talk(Socket connection) throws IOException {
    var in =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    say(connection, "220 fake");
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      var command = line.toUpperCase(Locale.ROOT);
      if (command.startsWith("QUIT")) {
        say(connection, "221 bye");
        return;
      } else if (command.startsWith("RCPT") && refuses) {
        say(connection, "550 nobody of that name");
      } else if (command.startsWith("DATA")) {
        say(connection, "354 go on");
        var text = new StringBuilder();
        for (var data = in.readLine(); !".".equals(data); data = in.readLine()) {
          text.append(data).append('\n');
        }
        messages.add(text.toString());
        say(connection, "250 taken");
      } else {
        say(connection, "250 fine");
      }
    }
  }

  private static void say(Socket connection, String line) throws IOException {
    connection.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
