/** What people and programs meet: REST, pages and rights, on a database in memory. */
@NullMarked
package io.aviary.web;

import org.jspecify.annotations.NullMarked;
