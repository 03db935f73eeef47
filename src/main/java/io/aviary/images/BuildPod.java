package io.aviary.images;

import io.aviary.kubernetes.Cluster.SecretKey;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.release.AviaryProperties;
import io.aviary.release.definition.PodsDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pod that fetches the commit and has BuildKit make the image, push it and say its digest.
 *
 * <p>git runs before BuildKit does, and outside of it. A context that BuildKit fetches needs the
 * token as a secret of the build, and every Dockerfile can mount those: whoever may push to one
 * repository would get a token that is good for all of them.
 *
 * @param gitSecret the Secret with the header that lets git in; null: none is needed
 */
record BuildPod(
    String namespace,
    String job,
    AviaryProperties.Build build,
    PodsDefinition pods,
    CloneUrl source,
    @Nullable String gitSecret,
    Recipe recipe,
    ImageReference image) {

  /** The key in the git Secret. */
  static final String HEADER = "header";

  private static final String WORK = "/workspace";
  private static final String REGISTRY_SECRET = "/run/aviary/registry";

  /**
   * Arguments: URL, revision, folder of the context, then buildctl's. The digest leaves the pod as
   * its termination message, so that nobody has to look for it in a log. A context that is a
   * symbolic link out of the commit would hand the pod's own files to the build.
   */
  private static final String SCRIPT =
      """
      set -eu
      url=$1 revision=$2 folder=$3
      shift 3
      mkdir -p WORK/commit
      cd WORK/commit
      echo "fetching $revision from $url"
      git init -q
      git fetch -q --depth=1 "$url" "$revision"
      git -c advice.detachedHead=false checkout -q FETCH_HEAD
      if [ -f .gitmodules ]; then
        git submodule update -q --init --recursive --depth=1
      fi
      unset GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
      rm -rf .git
      context=$(cd -P -- "./$folder" && pwd -P)
      case $context/ in
        "$(pwd -P)"/*) ;;
        *) echo "fatal: the context $folder leads out of the commit" >&2; exit 1 ;;
      esac
      buildctl-daemonless.sh build \\
        --local "context=$context" --local "dockerfile=$context" \\
        --metadata-file WORK/metadata.json "$@"
      sed -n 's/.*"containerimage.digest": *"\\([^"]*\\)".*/\\1/p' WORK/metadata.json >/dev/termination-log
      """
          .replace("WORK", WORK);

  TaskSpec task(Duration deadline, Map<String, String> labels) {
    var registrySecret = build.registrySecret();
    return new TaskSpec(
        namespace,
        job,
        true,
        build.builderImage(),
        literal(List.of("sh", "-c", SCRIPT, "build")),
        literal(arguments()),
        environment(),
        gitSecret == null
            ? Map.of()
            : Map.of("GIT_CONFIG_VALUE_0", new SecretKey(gitSecret, HEADER)),
        registrySecret == null ? Map.of() : Map.of(REGISTRY_SECRET, registrySecret),
        List.of(WORK, stateFolder()),
        pods.limits(),
        pods.requests(),
        pods.serviceAccount(),
        pods.nodeSelector(),
        registrySecret,
        !build.rootless(),
        build.rootless(),
        deadline,
        labels);
  }

  private Map<String, String> environment() {
    var environment = new TreeMap<String, String>();
    environment.put("GIT_TERMINAL_PROMPT", "0");
    if (build.registrySecret() != null) {
      environment.put("DOCKER_CONFIG", REGISTRY_SECRET);
    }
    if (gitSecret != null) {
      environment.put("GIT_CONFIG_COUNT", "1");
      environment.put("GIT_CONFIG_KEY_0", "http." + source.origin() + "/.extraHeader");
    }
    if (build.rootless()) {
      environment.put("BUILDKITD_FLAGS", "--oci-worker-no-process-sandbox");
    }
    return environment;
  }

  private String stateFolder() {
    return build.rootless() ? "/home/user/.local/share/buildkit" : "/var/lib/buildkit";
  }

  private List<String> arguments() {
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of(source.address(), recipe.revision(), recipe.context()));
    arguments.addAll(List.of("--progress=plain", "--frontend=dockerfile.v0"));
    option(arguments, "filename", recipe.dockerfile());
    if (recipe.target() != null) {
      option(arguments, "target", recipe.target());
    }
    recipe.args().forEach((name, value) -> option(arguments, "build-arg:" + name, value));
    var labels = new TreeMap<>(recipe.labels());
    labels.put("org.opencontainers.image.source", source.address());
    labels.forEach((name, value) -> option(arguments, "label:" + name, value));
    var insecure = build.insecureRegistry() ? ",registry.insecure=true" : "";
    // Layers of earlier builds, also those of stages that are not in the image.
    var cache = "type=registry,ref=" + image.buildCache() + insecure;
    arguments.add("--output=type=image,name=" + image + ",push=true" + insecure);
    arguments.add("--import-cache=" + cache);
    arguments.add(
        "--export-cache="
            + cache
            + ",mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true");
    return arguments;
  }

  /**
   * Kubernetes replaces {@code $(NAME)} in commands and arguments, and {@code $$} by one dollar.
   */
  private static List<String> literal(List<String> words) {
    return words.stream().map(word -> word.replace("$", "$$")).toList();
  }

  private static void option(List<String> arguments, String name, String value) {
    arguments.add("--opt=" + name + "=" + value);
  }
}
