package io.aviary.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The package table of docs/architecture.md, as rules. */
class ArrowsTest {

  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| .* \\| (.*) \\|");

  private static final Map<String, List<String>> MAY_USE = table();

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("__") && !location.contains("$$"))
          .importPackages("io.aviary");

  /** The rows that look like {@code | `name` | purpose | names |}. */
  private static Map<String, List<String>> table() {
    try (var lines = Files.lines(Path.of("docs/architecture.md"))) {
      return lines
          .map(ROW::matcher)
          .filter(Matcher::matches)
          .collect(
              Collectors.toMap(
                  row -> row.group(1),
                  row ->
                      row.group(2).equals("–")
                          ? List.of()
                          : List.of(row.group(2).split(", ", -1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theTableNamesEveryPackage() {
    var packages =
        CLASSES.stream()
            .map(type -> type.getPackageName().replaceFirst("^io\\.aviary\\.?", ""))
            .map(name -> name.replaceFirst("\\..*", ""))
            .filter(name -> !name.isEmpty())
            .distinct();
    assertThat(packages).isSubsetOf(MAY_USE.keySet());
  }

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

  /** It would be looked at when the jar is made, and never again (ADR 7). */
  @Test
  void noPartOfOursIsThereUnderACondition() {
    var conditional = "org.springframework.context.annotation.Conditional";
    noClasses()
        .should()
        .beAnnotatedWith(conditional)
        .orShould()
        .beMetaAnnotatedWith(conditional)
        .check(CLASSES);
    noMethods()
        .should()
        .beAnnotatedWith(conditional)
        .orShould()
        .beMetaAnnotatedWith(conditional)
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> not(String packages) {
    return DescribedPredicate.not(resideInAPackage(packages));
  }
}
