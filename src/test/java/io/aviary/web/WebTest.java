package io.aviary.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;

/** A test against the web side; all of them share one server, so each begins by clearing it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    classes = TestServer.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:web",
      "db-scheduler.enabled=false",
      "aviary.security.tokens[0].name=reader",
      "aviary.security.tokens[0].role=viewer",
      "aviary.security.tokens[0].value=viewer-token",
      "aviary.security.tokens[1].name=ci",
      "aviary.security.tokens[1].role=operator",
      "aviary.security.tokens[1].value=operator-token",
      "aviary.security.tokens[2].name=root",
      "aviary.security.tokens[2].role=admin",
      "aviary.security.tokens[2].value=admin-token",
      "aviary.security.users[0].name=tern",
      "aviary.security.users[0].role=operator",
      "aviary.security.users[0].password={noop}sea",
      "aviary.security.users[1].name=wren",
      "aviary.security.users[1].role=viewer",
      "aviary.security.users[1].password={noop}hedge",
      "aviary.applications[0].name=ornithology",
      "aviary.applications[0].repository=otomato/ornithology",
      "aviary.applications[0].namespace=otom8",
      "aviary.applications[0].webhook-secrets=s",
      "aviary.applications[1].name=warbler",
      "aviary.applications[1].repository=otomato/warbler",
      "aviary.applications[1].namespace=warbler",
      "aviary.applications[1].webhook-secrets=s",
    })
@AutoConfigureMockMvc
public @interface WebTest {}
