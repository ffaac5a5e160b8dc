import type { Configuration } from "@mirage/conf";
import type { Component, Target } from "@mirage/types";
import { hasOwnNet, librariesOf2013, lwtSyntax, usesLwtSyntax } from "./compat-2013.js";
import { currentLibraries, currentPackages, packagesOfLibraries } from "./compatibility.js";
import { planProgram } from "./program.js";
import { releaseOf, releasesLibrary } from "./releases.js";

/** The opam packages that have to be installed, the runtime's first, as opam's command takes them. */
export function opamPackages(configuration: Configuration, target: Target): string[] {
  const own = components(configuration, target).map(({ package: name }) => name);
  return unique([...own, ...packagesOfLibraries(configuration), ...currentPackages(configuration)]);
}

/** The findlib libraries that the program is linked with, the runtime's first. */
export function libraries(configuration: Configuration, target: Target): string[] {
  const own = components(configuration, target).map(({ library }) => library);
  const compat = [
    ...librariesOf2013(configuration, target),
    ...(releaseOf(configuration) ? [releasesLibrary] : []),
    ...(usesLwtSyntax(configuration) ? [lwtSyntax.library] : []),
  ];
  return unique([...own, ...compat, ...currentLibraries(configuration)]);
}

/** Declared file systems are linked even if `main-app` does not name them. */
function components(configuration: Configuration, target: Target): Component[] {
  const { devices } = planProgram(configuration, target);
  return [
    ...target.components,
    ...(configuration.main.kind === "ip" || hasOwnNet(configuration)
      ? (target.ip?.components ?? [])
      : []),
    ...devices.flatMap(({ driver }) => driver.components ?? []),
    ...(configuration.metricsPort ? (target.drivers.http?.components ?? []) : []),
    ...(configuration.filesystems.length > 0 ? (target.drivers.fs?.components ?? []) : []),
  ];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
