package io.aviary.web.api;

import io.aviary.release.CodefreshImport;
import io.aviary.release.CodefreshImport.Converted;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Moving in from elsewhere. Nothing is stored. */
@RestController
@RequestMapping("/api/import")
@Needs(Right.READ)
class ImportApi {

  private static final int MOST_CHARACTERS = 256 << 10;
  private final CodefreshImport codefresh;

  ImportApi(CodefreshImport codefresh) {
    this.codefresh = codefresh;
  }

  /** The texts of both files. */
  record Files(
      @NotNull @Size(max = MOST_CHARACTERS) String canary,
      @NotNull @Size(max = MOST_CHARACTERS) String production) {}

  @PostMapping("/codefresh")
  Converted codefresh(@RequestBody @Valid Files files) {
    return codefresh.convert(files.canary(), files.production());
  }
}
