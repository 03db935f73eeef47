package io.aviary.release.masking;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AsyncAppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Masks the server's own log, whatever layout or structure it is written in, from the moment at
 * which its configuration is known: also what a start says that fails.
 */
public final class MaskedOutput
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  /** A process has one log. */
  private static volatile Masking masking = new Masking(List.of());

  static void use(Masking next) {
    masking = next;
  }

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    use(new Masking(ConfiguredSecrets.of(event.getEnvironment())));
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context
          .getLoggerList()
          .forEach(logger -> logger.iteratorForAppenders().forEachRemaining(MaskedOutput::wrap));
    }
  }

  /** Right after the log has been set up by the configuration. */
  @Override
  public int getOrder() {
    return LoggingApplicationListener.DEFAULT_ORDER + 1;
  }

  private static void wrap(Object appender) {
    if (appender instanceof OutputStreamAppender<?> output) {
      wrapEncoder(output);
    } else if (appender instanceof AsyncAppenderBase<?> async) {
      ((AppenderAttachable<?>) async).iteratorForAppenders().forEachRemaining(MaskedOutput::wrap);
    }
  }

  @SuppressWarnings("unchecked")
  private static void wrapEncoder(OutputStreamAppender<?> appender) {
    var output = (OutputStreamAppender<ILoggingEvent>) appender;
    if (output.getEncoder() != null && !(output.getEncoder() instanceof Masked)) {
      output.setEncoder(new Masked(output.getEncoder()));
    }
  }

  private static final class Masked extends EncoderBase<ILoggingEvent> {
    private final Encoder<ILoggingEvent> inner;

    private Masked(Encoder<ILoggingEvent> inner) {
      this.inner = inner;
      setContext(inner.getContext());
      start();
    }

    @Override
    public byte[] headerBytes() {
      return inner.headerBytes();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      return masking
          .mask(new String(inner.encode(event), StandardCharsets.UTF_8))
          .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
      return inner.footerBytes();
    }
  }
}
