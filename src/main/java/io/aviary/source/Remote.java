package io.aviary.source;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.errors.RemoteRepositoryException;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.FilterSpec;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/** One clone URL: what can be asked of it, and how its refusals and faults read. */
final class Remote {

  private static final Set<String> SCHEMES = Set.of("http", "https", "git", "file");

  /** How servers say that they do not have an object, or do not hand it out by its id. */
  private static final Pattern REFUSED_WANT =
      Pattern.compile(
          "not our ref|want \\S+ not valid|unadvertised object|missing \\p{XDigit}{40}");

  private final URIish uri;
  private final String shown;
  private final @Nullable String token;
  private final SourceProperties properties;

  /**
   * @param token sent as the password, to the URL's own host and only over http(s); null: none
   */
  Remote(String cloneUrl, @Nullable String token, SourceProperties properties) {
    this.uri = parse(cloneUrl);
    this.shown = withoutCredentials(uri);
    this.token = token == null || token.isBlank() ? null : token;
    this.properties = properties;
  }

  private static URIish parse(String cloneUrl) {
    URIish uri;
    try {
      uri = new URIish(cloneUrl);
    } catch (URISyntaxException e) {
      // The exception quotes the URL, with a password if it has one.
      throw SourceException.rejection(
          "the clone URL of a repository is no URL; mend aviary.applications[].clone-url");
    }
    var scheme = uri.getScheme();
    if (scheme == null || !SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))) {
      throw SourceException.rejection(
          "cannot read from "
              + withoutCredentials(uri)
              + ": a clone URL begins with https://, http://, git:// or file://");
    }
    return uri;
  }

  private static String withoutCredentials(URIish uri) {
    return uri.setUser(null).setPass(null).toString();
  }

  /** The URL without credentials, as it may be shown. */
  @Override
  public String toString() {
    return shown;
  }

  /** The URL with credentials where it has some, to tell repositories apart. */
  String identity() {
    return uri.toPrivateString();
  }

  /** The commit that the branch is at. */
  ObjectId head(String branch) {
    var asked = "read the head of branch '" + branch + "'";
    var name = Constants.R_HEADS + branch;
    try (var question = new Question(null, asked)) {
      var head = question.head(name);
      if (head == null) {
        throw rejection(asked, "there is no such branch");
      }
      return head;
    }
  }

  /**
   * Fetches objects and what they consist of into a repository.
   *
   * @param wants full ids, or {@code source:destination} of refs
   * @param depth number of commits behind each other; 0: all
   * @param filters the first of them that the server is able to apply is
   * @return false: the server does not have one of the ids, or hands out none that no ref is at
   */
  boolean fetch(
      Repository into, Collection<String> wants, int depth, List<Filter> filters, String asked) {
    for (var filter : filters) {
      try (var question = new Question(into, asked)) {
        switch (question.fetch(wants, depth, filter)) {
          case FETCHED -> {
            return true;
          }
          case REFUSED -> {
            return false;
          }
          case FILTER_UNKNOWN -> {
            // The next filter; the last one is NOTHING, which every server knows.
          }
        }
      }
    }
    throw new IllegalStateException("the last filter must be NOTHING, but they are " + filters);
  }

  SourceException rejection(String asked, String why) {
    return new SourceException(message(asked, why), true, null);
  }

  private String message(String asked, String why) {
    return "cannot " + asked + " from " + shown + ": " + why;
  }

  /** What the server leaves out. */
  enum Filter {
    COMMITS_ONLY("tree:0"),
    NO_FILES("blob:none"),
    NOTHING("");

    private final String line;

    Filter(String line) {
      this.line = line;
    }

    FilterSpec spec() {
      try {
        return line.isEmpty() ? FilterSpec.NO_FILTER : FilterSpec.fromFilterLine(line);
      } catch (PackProtocolException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean isLocal() {
    return "file".equalsIgnoreCase(uri.getScheme());
  }

  private enum Answer {
    FETCHED,
    REFUSED,
    FILTER_UNKNOWN
  }

  /** One exchange with the server. */
  private final class Question implements AutoCloseable {

    private final String asked;
    private final Limit limit = new Limit(properties.limit());
    private final OwnHostConnections connections = new OwnHostConnections(uri, limit);
    private final Transport transport;

    Question(@Nullable Repository into, String asked) {
      this.asked = asked;
      try {
        transport = into == null ? Transport.open(uri) : Transport.open(into, uri);
      } catch (IOException e) {
        throw fault(e);
      }
      transport.setTimeout((int) Math.max(1, properties.timeout().toSeconds()));
      transport.setTagOpt(TagOpt.NO_TAGS);
      transport.setCredentialsProvider(new TokenProvider());
      if (transport instanceof TransportHttp http) {
        http.setHttpConnectionFactory(connections);
      }
    }

    @Nullable ObjectId head(String name) {
      try (var connection = transport.openFetch(List.of(new RefSpec(name)))) {
        var ref = connection.getRef(name);
        return ref == null ? null : ref.getObjectId();
      } catch (IOException e) {
        throw fault(e);
      }
    }

    Answer fetch(Collection<String> wants, int depth, Filter filter) {
      transport.setFilterSpec(filter.spec());
      if (depth > 0) {
        transport.setDepth(depth);
      }
      try {
        if (isLocal() && lacks(wants)) {
          return Answer.REFUSED;
        }
        transport.fetch(limit, wants.stream().map(RefSpec::new).toList());
      } catch (IOException e) {
        if (refusesWant(e)) {
          return Answer.REFUSED;
        }
        if (filter != Filter.NOTHING && knowsNoFilter(e)) {
          return Answer.FILTER_UNKNOWN;
        }
        throw fault(e);
      }
      // JGit ends without a word when its monitor says stop.
      if (limit.isOver()) {
        throw fault(new InterruptedIOException());
      }
      return Answer.FETCHED;
    }

    /** JGit as the server of a file URL breaks off when it is asked for what it does not have. */
    private boolean lacks(Collection<String> wants) throws IOException {
      var folder = RepositoryCache.FileKey.resolve(new File(uri.getPath()), FS.DETECTED);
      if (folder == null) {
        throw new NoRemoteRepositoryException(uri, "no git repository");
      }
      try (var repository = new FileRepositoryBuilder().setGitDir(folder).build()) {
        for (var want : wants) {
          if (ObjectId.isId(want)
              && !repository.getObjectDatabase().has(ObjectId.fromString(want))) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean refusesWant(Exception e) {
      return chain(e).stream()
          .anyMatch(cause -> REFUSED_WANT.matcher(String.valueOf(cause.getMessage())).find());
    }

    /** Before it sends anything JGit compares the filter with what the server says it can do. */
    private boolean knowsNoFilter(Exception e) {
      return chain(e).stream().anyMatch(PackProtocolException.class::isInstance);
    }

    private SourceException fault(Exception e) {
      var status = connections.lastStatus();
      if (limit.isOver()) {
        return fault(e, "it took longer than " + limit.limit().toSeconds() + " s in all");
      }
      for (var cause : chain(e)) {
        switch (cause) {
          case UnknownHostException _ -> {
            return fault(e, "there is no host named " + uri.getHost());
          }
          case ConnectException _, NoRouteToHostException _ -> {
            return fault(e, "cannot connect to " + uri.getHost() + ": " + words(cause));
          }
          case InterruptedIOException _ -> {
            return fault(e, "no answer within " + properties.timeout().toSeconds() + " s");
          }
          case SSLException _ -> {
            return fault(e, "no trusted TLS connection: " + words(cause));
          }
          case RemoteRepositoryException _ -> {
            return answer(e, "the server says: " + words(cause));
          }
          default -> {
            // Next to be looked at: what caused it.
          }
        }
      }
      if (status == 401 || status == 403) {
        return answer(e, "authentication refused (HTTP " + status + "); " + hint());
      }
      if (status == 404 || status == 410) {
        return answer(e, "there is no such repository (HTTP " + status + "), or " + hint());
      }
      if (status >= 400) {
        return fault(e, "the server answers HTTP " + status);
      }
      if (isMissingRepository(e)) {
        return answer(e, "there is no git repository");
      }
      return fault(e, words(chain(e).getLast()));
    }

    private String hint() {
      return token == null
          ? "it is private: set aviary.github.token"
          : "aviary.github.token may not read it";
    }

    /**
     * Over git:// a server that is overloaded and one that has no such repository both hang up, so
     * only a file URL is told apart for sure.
     */
    private boolean isMissingRepository(Exception e) {
      return isLocal()
          && chain(e).stream()
              .anyMatch(
                  cause ->
                      cause instanceof NoRemoteRepositoryException
                          || cause instanceof NotSupportedException
                          || cause instanceof RepositoryNotFoundException);
    }

    private SourceException answer(Exception e, String why) {
      return new SourceException(message(asked, why), true, e);
    }

    private SourceException fault(Exception e, String why) {
      return new SourceException(message(asked, why), false, e);
    }

    /** JGit puts the URL in front, with the user if it has one. */
    private String words(Throwable cause) {
      var words = cause.getMessage();
      if (words == null || words.isBlank()) {
        return cause.getClass().getSimpleName();
      }
      var plain = words.replace(uri.setPass(null) + ": ", "").replace(uri.toPrivateString(), shown);
      for (var secret : secrets()) {
        plain = plain.replace(secret, "***");
      }
      return plain.strip();
    }

    private List<String> secrets() {
      var secrets = new ArrayList<String>();
      for (var secret : new @Nullable String[] {token, uri.getUser(), uri.getPass()}) {
        if (secret != null && !secret.isEmpty()) {
          secrets.add(secret);
        }
      }
      return secrets;
    }

    @Override
    public void close() {
      transport.close();
    }
  }

  private static List<Throwable> chain(Throwable e) {
    var chain = new ArrayList<Throwable>();
    for (Throwable cause = e; cause != null && chain.size() < 20; cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }

  /** Answers the server's question for a password with the token. */
  private final class TokenProvider extends CredentialsProvider {

    @Override
    public boolean isInteractive() {
      return false;
    }

    @Override
    public boolean supports(CredentialItem... items) {
      for (var item : items) {
        if (!(item instanceof CredentialItem.Username || item instanceof CredentialItem.Password)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean get(URIish asking, CredentialItem... items) {
      if (token == null || !supports(items)) {
        return false;
      }
      for (var item : items) {
        if (item instanceof CredentialItem.Username user) {
          user.setValue("aviary");
        } else if (item instanceof CredentialItem.Password password) {
          password.setValue(token.toCharArray());
        }
      }
      return true;
    }
  }
}
