package io.aviary.ops;

import io.aviary.release.ConnectionCheck;
import io.aviary.release.ConnectionCheck.Finding;
import io.aviary.release.ConnectionCheck.Verdict;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.ResolvableType;

/**
 * {@code --check}: tests every connection and right that the configuration needs, prints a table
 * and exits. The server's own parts are wired as they are when it runs, but nothing of them begins:
 * no clockwork, no listener, no migration, no port.
 */
public final class SystemCheck {

  private static final String ARGUMENT = "--check";

  private static final List<String> SETTINGS =
      List.of(
          "--spring.main.lazy-initialization=true",
          "--spring.main.keep-alive=false",
          "--spring.flyway.enabled=false",
          "--db-scheduler.enabled=false",
          "--management.endpoints.access.default=none",
          "--management.endpoint.health.validate-group-membership=false",
          // A database that is away is a finding, and not the end of the check.
          "--spring.autoconfigure.exclude="
              + "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
              + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration",
          "--spring.datasource.hikari.initialization-fail-timeout=-1",
          "--spring.datasource.hikari.connection-timeout=5000",
          "--spring.datasource.hikari.minimum-idle=0",
          "--logging.level.root=off");

  private SystemCheck() {}

  /**
   * Whether the command line asks for it: {@code --check}, or {@code --check=http://host:port} to
   * see whether a server answers there, too.
   */
  public static boolean isAskedFor(String[] arguments) {
    return Stream.of(arguments).anyMatch(SystemCheck::isArgument);
  }

  private static boolean isArgument(String argument) {
    return argument.equals(ARGUMENT) || argument.startsWith(ARGUMENT + "=");
  }

  private static Stream<Finding> server(String[] arguments) {
    return Stream.of(arguments)
        .filter(argument -> argument.startsWith(ARGUMENT + "="))
        .map(argument -> HttpChecks.server(argument.substring(ARGUMENT.length() + 1)));
  }

  /**
   * Runs it.
   *
   * @return the exit code: 0 if everything was found good, else 1
   */
  public static int run(Class<?> application, String[] arguments, PrintStream out) {
    var spring = new SpringApplication(application);
    spring.setWebApplicationType(WebApplicationType.NONE);
    spring.setBannerMode(Banner.Mode.OFF);
    spring.setLogStartupInfo(false);
    spring.addInitializers(SystemCheck::quiet);
    var all =
        Stream.concat(
                Stream.of(arguments).filter(argument -> !isArgument(argument)), SETTINGS.stream())
            .toArray(String[]::new);
    try (var context = spring.run(all)) {
      return print(Stream.concat(server(arguments), findings(context).stream()).toList(), out);
    } catch (RuntimeException e) {
      var mistakes = mistakes(e);
      if (mistakes == null) {
        out.println("BAD   the server cannot be put together: " + e.getMessage());
      } else {
        mistakes.mistakes().forEach(mistake -> out.println("BAD   configuration  " + mistake));
      }
      return 1;
    }
  }

  private static @Nullable ConfigurationMistakesException mistakes(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConfigurationMistakesException mistakes) {
        return mistakes;
      }
    }
    return null;
  }

  private static void quiet(ConfigurableApplicationContext context) {
    var beans = context.getBeanFactory();
    beans.registerSingleton("lifecycleProcessor", new NothingStarts());
    beans.registerSingleton("applicationEventMulticaster", new NobodyListens());
  }

  static List<Finding> findings(ApplicationContext context) {
    var findings = new ArrayList<Finding>();
    for (var name : context.getBeanNamesForType(ConnectionCheck.class)) {
      try {
        findings.addAll(context.getBean(name, ConnectionCheck.class).check());
      } catch (BeansException e) {
        findings.add(Finding.bad(name, String.valueOf(e.getMostSpecificCause().getMessage())));
      } catch (RuntimeException e) {
        findings.add(Finding.bad(name, String.valueOf(e.getMessage())));
      }
    }
    return findings;
  }

  /** The table, and the exit code. */
  static int print(List<Finding> findings, PrintStream out) {
    var width = findings.stream().mapToInt(it -> it.subject().length()).max().orElse(0);
    for (var finding : findings) {
      out.printf(
          Locale.ROOT,
          "%-6s  %-" + Math.max(1, width) + "s  %s%n",
          finding.verdict(),
          finding.subject(),
          finding.detail().strip().replace("\n", "\n" + " ".repeat(width + 10)));
    }
    var bad = findings.stream().filter(it -> it.verdict() == Verdict.BAD).count();
    out.println(
        bad == 0 ? "Everything is as it should be." : bad + " of " + findings.size() + " are bad.");
    return bad == 0 ? 0 : 1;
  }

  private static final class NothingStarts implements LifecycleProcessor {
    @Override
    public void onRefresh() {}

    @Override
    public void onClose() {}

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
      return false;
    }
  }

  private static final class NobodyListens extends SimpleApplicationEventMulticaster {
    @Override
    public void multicastEvent(ApplicationEvent event) {}

    @Override
    public void multicastEvent(ApplicationEvent event, @Nullable ResolvableType type) {}

    @Override
    public void addApplicationListener(ApplicationListener<?> listener) {}
  }
}
