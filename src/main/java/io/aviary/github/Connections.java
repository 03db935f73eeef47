package io.aviary.github;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Urls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GitHub;
import org.kohsuke.github.GitHubAbuseLimitHandler;
import org.kohsuke.github.GitHubBuilder;
import org.kohsuke.github.GitHubRateLimitHandler;
import org.kohsuke.github.authorization.AppInstallationAuthorizationProvider;
import org.kohsuke.github.authorization.AuthorizationProvider;
import org.kohsuke.github.connector.GitHubConnector;
import org.kohsuke.github.connector.GitHubConnectorRequest;
import org.kohsuke.github.connector.GitHubConnectorResponse;
import org.kohsuke.github.extras.HttpClientGitHubConnector;

/**
 * Connections to GitHub, by token or as an app. Nothing waits for a rate limit inside of a call: it
 * fails, and whoever called comes again.
 */
final class Connections implements AutoCloseable {

  /** GitHub itself gives a request up after 10 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Supplier<AviaryProperties.GitHub> github;
  private final GitHubProperties.@Nullable App app;
  private final InstantSource clock;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final GitHubConnector connector;
  private final Map<String, GitHub> byOwner = new ConcurrentHashMap<>();
  private final Map<String, GHRepository> repositories = new ConcurrentHashMap<>();
  private final Map<GitHub, AuthorizationProvider> providers =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /**
   * @param github asked for the token before each request, because it may be another one by then;
   *     its address stays
   * @param app null: by the token
   */
  Connections(
      Supplier<AviaryProperties.GitHub> github,
      GitHubProperties.@Nullable App app,
      InstantSource clock) {
    this.github = github;
    this.app = app;
    this.clock = clock;
    var client =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    this.connector = new Impatient(new HttpClientGitHubConnector(client), calls);
  }

  /** GitHub is asked for it once, and again after {@link #forget}. */
  GHRepository repository(ApplicationProperties application) throws IOException {
    var name = application.repository();
    var known = repositories.get(name);
    if (known == null) {
      known = to(name).getRepository(name);
      repositories.put(name, known);
    }
    return known;
  }

  /** Something failed there: it may have been moved, or made anew. */
  void forget(ApplicationProperties application) {
    repositories.remove(application.repository());
  }

  /** The header that lets in whoever acts for this application: a secret. */
  String authorization(ApplicationProperties application) throws IOException {
    if (app == null) {
      return "Bearer " + token();
    }
    var provider = providers.get(to(application.repository()));
    return Objects.requireNonNull(provider).getEncodedAuthorization();
  }

  /**
   * @throws IOException if there is none any more: whoever asks comes again, and nothing is sent
   *     without one meanwhile
   */
  private String token() throws IOException {
    var token = github.get().token();
    if (token == null) {
      throw new IOException(
          "GitHub is not asked: aviary.github.token was removed while the server runs; set one, or"
              + " restart without it");
    }
    return token;
  }

  private GitHub to(String repository) throws IOException {
    if (app == null) {
      return connection("", repository);
    }
    return connection(repository.substring(0, repository.indexOf('/')), repository);
  }

  private GitHub connection(String key, String repository) throws IOException {
    var known = byOwner.get(key);
    if (known != null) {
      return known;
    }
    var made = connect(repository);
    byOwner.put(key, made);
    return made;
  }

  private GitHub connect(String repository) throws IOException {
    if (app == null) {
      return builder().withAuthorizationProvider(() -> "token " + token()).build();
    }
    var itself = new AppJwt(app.id(), app.privateKey(), clock);
    var installation = app.installation();
    var parts = repository.split("/", 2);
    // It asks for a new token before the old one expires.
    var provider =
        new AppInstallationAuthorizationProvider(
            as ->
                installation != null
                    ? as.getInstallationById(installation)
                    : as.getInstallationByRepository(parts[0], parts[1]),
            itself);
    var made = builder().withAuthorizationProvider(provider).build();
    providers.put(made, provider);
    return made;
  }

  private GitHubBuilder builder() {
    return new GitHubBuilder()
        .withEndpoint(Urls.withoutSlash(github.get().apiUrl()))
        .withConnector(connector)
        .withRateLimitHandler(GitHubRateLimitHandler.FAIL)
        .withAbuseLimitHandler(GitHubAbuseLimitHandler.FAIL);
  }

  @Override
  public void close() {
    calls.shutdownNow();
  }

  /** Gives a call up that gets no answer: the library has no limit of its own. */
  private record Impatient(GitHubConnector inner, ExecutorService calls)
      implements GitHubConnector {

    @Override
    public GitHubConnectorResponse send(GitHubConnectorRequest request) throws IOException {
      var call = calls.submit(() -> inner.send(request));
      try {
        return call.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        call.cancel(true);
        throw new IOException(
            request.url().getHost() + " gave no answer within " + PATIENCE.toSeconds() + " s", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failed) {
          throw failed;
        }
        throw new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the server stops");
      }
    }
  }
}
