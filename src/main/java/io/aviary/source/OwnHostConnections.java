package io.aviary.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URL;
import java.util.Locale;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;

/**
 * The HTTP connections of one question to a repository. Credentials go to the clone URL's own host
 * only, whatever a redirect says: JGit would send them on once it has been asked for them. What is
 * received is limited in size and time.
 */
final class OwnHostConnections implements HttpConnectionFactory {

  private static final long MAX_BYTES = 512L << 20;

  private final URIish own;
  private final Limit limit;
  private int lastStatus;

  OwnHostConnections(URIish own, Limit limit) {
    this.own = own;
    this.limit = limit;
  }

  /** Of the newest answer; 0: there was none. */
  int lastStatus() {
    return lastStatus;
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    return new Connection(url, Proxy.NO_PROXY);
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    return new Connection(url, proxy);
  }

  /** The same place, or the same with https where the clone URL has http. */
  private boolean isOwn(URL url) {
    var before = scheme(own.getScheme());
    var now = scheme(url.getProtocol());
    if (!url.getHost().equalsIgnoreCase(own.getHost())) {
      return false;
    }
    var samePlace = before.equals(now) && port(before, own.getPort()) == port(now, url.getPort());
    var upgraded =
        before.equals("http")
            && now.equals("https")
            && port(before, own.getPort()) == 80
            && port(now, url.getPort()) == 443;
    return samePlace || upgraded;
  }

  private static String scheme(String scheme) {
    return scheme.toLowerCase(Locale.ROOT);
  }

  private static int port(String scheme, int port) {
    if (port > 0) {
      return port;
    }
    return scheme.equals("https") ? 443 : 80;
  }

  private final class Connection extends JDKHttpConnection {

    private final boolean own;

    Connection(URL url, Proxy proxy) throws IOException {
      super(url, proxy);
      own = isOwn(url);
    }

    @Override
    public void setRequestProperty(String name, String value) {
      if (own || !name.equalsIgnoreCase("Authorization")) {
        super.setRequestProperty(name, value);
      }
    }

    @Override
    public int getResponseCode() throws IOException {
      lastStatus = super.getResponseCode();
      return lastStatus;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new Limited(super.getInputStream());
    }
  }

  private final class Limited extends FilterInputStream {

    private long left = MAX_BYTES;

    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      var read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      var read = super.read(bytes, offset, length);
      count(read);
      return read;
    }

    private void count(int bytes) throws IOException {
      left -= Math.max(bytes, 0);
      if (left < 0) {
        throw new IOException("the answer is larger than " + (MAX_BYTES >> 20) + " MiB");
      }
      limit.check();
    }
  }
}
