package io.aviary.kubernetes;

import io.aviary.release.masking.Masking;
import io.aviary.release.step.Wakeups;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The clusters that a kubeconfig names, connected to at the first request. */
@Component
final class Fabric8Clusters implements Clusters, AutoCloseable {

  private static final Path SERVICE_ACCOUNT_TOKEN =
      Path.of(Config.KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH);

  private final Supplier<Wakeups> wakeups;
  private final Masking masking;
  private final @Nullable Path kubeconfig;
  private final Map<String, Fabric8Cluster> clusters = new ConcurrentHashMap<>();

  /**
   * @param wakeups asked for at the first event, because the engine needs the clusters, too
   * @param kubeconfig null: where kubectl looks for it, or the pod's service account
   */
  @Autowired
  Fabric8Clusters(
      ObjectProvider<Wakeups> wakeups,
      Masking masking,
      @Value("${aviary.kubeconfig:#{null}}") @Nullable Path kubeconfig) {
    this(wakeups::getObject, masking, kubeconfig);
  }

  Fabric8Clusters(Supplier<Wakeups> wakeups, Masking masking, @Nullable Path kubeconfig) {
    this.wakeups = wakeups;
    this.masking = masking;
    this.kubeconfig = kubeconfig;
  }

  @Override
  public Fabric8Cluster cluster(@Nullable String context) {
    return clusters.computeIfAbsent(context == null ? "" : context, name -> connect(context));
  }

  private Fabric8Cluster connect(@Nullable String context) {
    var config = config(context);
    return new Fabric8Cluster(
        client(config, true),
        () -> client(config, false),
        wakeups,
        masking,
        InstantSource.system());
  }

  private Config config(@Nullable String context) {
    if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
      throw new ClusterException(
          "The kubeconfig " + kubeconfig + " cannot be read. Check aviary.kubeconfig.", true);
    }
    var config =
        kubeconfig == null
            ? Config.autoConfigure(context)
            : Config.fromKubeconfig(context, kubeconfig.toFile());
    var known = config.getContexts().stream().map(NamedContext::getName).toList();
    if (context != null && !known.contains(context)) {
      throw new ClusterException(
          "The kubeconfig has no context '"
              + context
              + "', only "
              + known
              + ". Correct kube-context of the application, or add the context.",
          true);
    }
    if (context == null && known.isEmpty() && !Files.exists(SERVICE_ACCOUNT_TOKEN)) {
      throw new ClusterException(
          "No cluster is known: there is no kubeconfig (KUBECONFIG, ~/.kube/config), and the server"
              + " does not run in a cluster. Give it one of them.",
          true);
    }
    config.setRequestTimeout((int) Api.TIMEOUT.toMillis());
    config.setConnectionTimeout(5000);
    config.setRequestRetryBackoffLimit(0);
    // What is written without saying by whom gets its owner from this.
    config.setUserAgent(FieldOwnership.MANAGER);
    return config;
  }

  /**
   * @param forCalls with HTTP/1.1 a call that gets no answer gives its connection up, where HTTP/2
   *     would send the next ones into the same dead one; watches share connections by HTTP/2
   */
  private KubernetesClient client(Config config, boolean forCalls) {
    var factory =
        new JdkHttpClientFactory() {
          @Override
          protected HttpClient.Builder createNewHttpClientBuilder() {
            return HttpClient.newBuilder().executor(Executors.newVirtualThreadPerTaskExecutor());
          }

          @Override
          protected void additionalConfig(HttpClient.Builder builder) {
            builder.version(forCalls ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2);
          }
        };
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(factory)
        .withTaskExecutor(Runnable::run)
        .build();
  }

  @Override
  public void close() {
    clusters.values().forEach(Fabric8Cluster::close);
  }
}
