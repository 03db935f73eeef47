package io.aviary.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The package table of docs/architecture.md, as rules. */
class ArrowsTest {

  static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("release", List.of()),
          Map.entry("webhook", List.of("release")),
          Map.entry(
              "pipeline", List.of("release", "source", "images", "kubernetes", "traffic", "gates")),
          Map.entry("source", List.of("release")),
          Map.entry("images", List.of("release", "kubernetes")),
          Map.entry("kubernetes", List.of("release")),
          Map.entry("traffic", List.of("release", "kubernetes")),
          Map.entry("gates", List.of("release", "kubernetes")),
          Map.entry("github", List.of("release")),
          Map.entry("web", List.of("release")),
          Map.entry("ops", List.of("release")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.aviary");

  @TestFactory
  List<DynamicTest> eachPackageUsesOnlyWhatTheTableAllows() {
    return MAY_USE.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> check(entry.getKey(), entry.getValue())))
        .toList();
  }

  private static void check(String name, List<String> others) {
    var forbidden =
        MAY_USE.keySet().stream()
            .filter(other -> !other.equals(name) && !others.contains(other))
            .map(other -> "io.aviary." + other + "..")
            .toArray(String[]::new);
    noClasses()
        .that(resideInAPackage("io.aviary." + name + ".."))
        .should()
        .dependOnClassesThat(resideInAnyPackage(forbidden))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheKubernetesPackageKnowsItsClient() {
    noClasses()
        .that(not("io.aviary.kubernetes.."))
        .should()
        .dependOnClassesThat(resideInAPackage("io.fabric8.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheGithubPackageKnowsItsClient() {
    noClasses()
        .that(not("io.aviary.github.."))
        .should()
        .dependOnClassesThat(resideInAPackage("org.kohsuke.."))
        .check(CLASSES);
  }

  @Test
  void theEngineIsHidden() {
    classes()
        .that(resideInAPackage("io.aviary.release.engine.."))
        .should()
        .onlyBeAccessed()
        .byClassesThat(resideInAPackage("io.aviary.release.."))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void nothingIsInjectedIntoFields() {
    noFields()
        .should()
        .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> not(String packages) {
    return DescribedPredicate.not(resideInAPackage(packages));
  }
}
