package io.aviary.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** What programs ask of the API. */
public final class Requests {

  private Requests() {}

  /**
   * Sent with a token.
   *
   * @param body null: none
   */
  public static MvcTestResult exchange(
      MockMvcTester http, String method, String path, String token, @Nullable String body) {
    var request =
        http.method(HttpMethod.valueOf(method))
            .uri(path)
            .contentType(MediaType.APPLICATION_JSON)
            .header("Authorization", "Bearer " + token);
    return (body == null ? request : request.content(body)).exchange();
  }
}
