/** Tells people of outcomes and of what waits for them: Slack, webhooks, e-mail. */
@NullMarked
package io.aviary.notify;

import org.jspecify.annotations.NullMarked;
