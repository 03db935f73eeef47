package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.simulation.ExampleCommits;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A Secret that the canary has as a variable and as a file, and that is printed in all forms: by
 * the test of a gate, which gets it from the canary, and by the canary itself. On a real cluster.
 */
class MaskingIT extends SceneSuite {

  private static final String PASSWORD = "c0rrect horse/battery+st%ple?";

  private static final String KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
      MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
      NMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLa0VzMaQ8s+CLOyS56YyCFGeJZ
      -----END PRIVATE KEY-----
      """;

  /** What the application says of its Secret; the first line does not fit into one chunk. */
  private static final String FORMS =
      """
      def forms():
          password, key = os.environ["PASSWORD"], open("/secrets/key").read()
          raw = password.encode()
          return "\\n".join([
              "x" * 32760 + password,
              "raw " + password,
              "base64 " + base64.b64encode(raw).decode(),
              "with a user " + base64.b64encode(b"tern:" + raw).decode(),
              "url base64 " + base64.urlsafe_b64encode(b"a:" + raw).decode(),
              "quoted " + urllib.parse.quote(password) + " " + urllib.parse.quote(password, safe=""),
              "form " + urllib.parse.urlencode({"password": password}),
              "json " + json.dumps({"password": password, "key": key}),
              "key " + key + base64.encodebytes(key.encode()).decode() + "end of forms",
          ])


      lock = threading.Lock()
      """;

  private static final String ASKING_TEST =
      """
      test:
              image: test
              timeout: 2m
              command:
                - python3
                - -c
                - |
                  import sys, urllib.request
                  told = urllib.request.urlopen("http://ornithology-canary:5000/version").read().decode()
                  print(told, flush=True)
                  sys.exit(1)
      """
          .strip();

  @Override
  Backend backend() {
    return RealBackend.demanded();
  }

  @Test
  void whatATestPrintsOfTheCanarysSecretIsNowhere() {
    var run =
        released(
            commit()
                .replace("api.py", "lambda: (200, VERSION)", "lambda: (200, forms())")
                .replace(
                    "aviary.yml",
                    "test: {image: test, command: [/tests/it/canarytest.sh], timeout: 5m}",
                    ASKING_TEST));

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    var log = scene().log(run, "testCanary");
    assertThat(log).contains("x".repeat(32760) + "***\n", "raw ***\n", "end of forms");
    assertThat(log.split("\\*\\*\\*", -1)).hasSizeGreaterThan(12);
    assertThat(run.reason()).contains("exit code 1");
    nothingIsToldBy(run);
  }

  @Test
  void whatACanaryPrintsThatFallsOverIsNowhere() {
    var run =
        released(
            commit()
                .replace(
                    "api.py",
                    "ThreadingHTTPServer((\"\", 5000), Api).serve_forever()",
                    "print(forms(), flush=True)\nraise SystemExit(3)")
                .replace("aviary.yml", "canary:\n", "canary:\n  timeout: 40s\n"));

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(scene().evidence(run)).contains("end of forms", "***");
    nothingIsToldBy(run);
  }

  private World.Run released(ExampleCommits commit) {
    scene().secret("birds-db", Map.of("password", PASSWORD, "key", KEY));
    return scene().awaitEnd(scene().push(commit, "Tell it all").run());
  }

  /** The example with a Secret, which it can say in all forms. */
  private static ExampleCommits commit() {
    return scene()
        .commit()
        .replace("api.py", "import json\n", "import base64\nimport json\nimport urllib.parse\n")
        .replace("api.py", "lock = threading.Lock()\n", FORMS)
        .replace(
            "orni-dep-canary.yml",
            "        - {name: PING_LATENCY, value: \"1\"}\n",
            """
                    - {name: PING_LATENCY, value: "1"}
                    - {name: PASSWORD, valueFrom: {secretKeyRef: {name: birds-db, key: password}}}
                    volumeMounts:
                    - {name: db, mountPath: /secrets}
            """)
        .replace(
            "orni-dep-canary.yml",
            "      containers:\n",
            "      volumes:\n      - {name: db, secret: {secretName: birds-db}}\n      containers:\n");
  }

  private static void nothingIsToldBy(World.Run run) {
    scene()
        .everythingToldOf(run)
        .forEach(
            (address, text) ->
                secrets()
                    .forEach(
                        (form, secret) ->
                            assertThat(around(text, secret))
                                .as("%s at %s", form, address)
                                .isEmpty()));
  }

  private static String around(String text, String secret) {
    var at = text.indexOf(secret);
    return at < 0 ? "" : text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 100));
  }

  /** Parts by which each form would be known again. */
  private static Map<String, String> secrets() {
    var forms = new LinkedHashMap<String, String>();
    forms.put("as it is", PASSWORD);
    forms.put("its end", "battery+st%ple");
    forms.put("in HTML", "horse/battery");
    forms.put("for forms", URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8));
    forms.put("for paths", "c0rrect%20horse");
    for (var before : List.of("", "tern:", "a:")) {
      var encoded =
          Base64.getEncoder().encodeToString((before + PASSWORD).getBytes(StandardCharsets.UTF_8));
      forms.put("base64 after '" + before + "'", encoded.substring(10, 34));
    }
    var lines = Arrays.stream(KEY.split("\n")).filter(line -> !line.startsWith("-")).toList();
    lines.forEach(line -> forms.put("line " + line.substring(0, 8), line));
    var key =
        Base64.getMimeEncoder(76, new byte[] {'\n'})
            .encodeToString(KEY.getBytes(StandardCharsets.UTF_8));
    var wrapped = key.lines().collect(Collectors.toList());
    forms.put("a line of the key in base64", wrapped.get(1));
    return forms;
  }
}
