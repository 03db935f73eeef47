package io.aviary.source.kustomize;

/** A key of a file. */
record Place(String file, int line, String key) {

  Refusal refusal(String sentence) {
    return new Refusal(file, line, key, sentence);
  }
}
