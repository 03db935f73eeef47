package io.aviary.release;

import java.util.List;

/**
 * A part of a list.
 *
 * @param page from 0
 * @param total of all pages
 */
public record Page<T>(List<T> items, int page, int size, long total) {

  public Page {
    items = List.copyOf(items);
  }

  public boolean hasNext() {
    return (page + 1L) * size < total;
  }
}
