import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filter, variables, version, versions } from "../testing/arbitraries.js";
import { filterHolds, globals } from "./filter.js";
import { allowsVersion, filterCondition } from "./formula.js";
import { parseFilter, parsePackage } from "./parse-typed.js";
import { printFilter, printVersions } from "./print.js";
import { negateFilter, simplifyFilter } from "./simplify-filter.js";
import { simplifyVersions } from "./simplify-versions.js";

describe("versions", () => {
  function simplified(condition: string): string | undefined {
    const formula = filterCondition(parsePackage(`"p" {${condition}}`).condition, globals({}));
    if (typeof formula === "boolean") throw new Error("not a formula over versions");
    const simpler = simplifyVersions(formula);
    return simpler && printVersions(simpler);
  }

  test.each([
    ["", ""],
    ['>= "1" & >= "2"', '>= "2"'],
    ['>= "1" | >= "2"', '>= "1"'],
    ['>= "1" & <= "1"', '= "1"'],
    ['> "1" & < "1"', undefined],
    ['>= "1" | < "1"', ""],
    ['!= "1" | = "1"', ""],
    ['!= "1" & >= "0.5" & != "1.0"', '>= "0.5" & != "1" & != "1.0"'],
    ['>= "1.0" & <= "1.00"', '= "1.0"'],
    ['< "1" | > "1"', '!= "1"'],
    ['< "1" | > "2"', '< "1" | > "2"'],
    ['>= "1" & < "3" | >= "2" & < "5"', '>= "1" & < "5"'],
    ['>= "1" & (< "2" | > "3" & != "4")', '>= "1" & < "2" | > "3" & != "4"'],
    ['= "1" | = "2"', '= "1" | = "2"'],
    ['!= "1" & != "2"', '!= "1" & != "2"'],
    ['< "2" & != "1"', '!= "1" & < "2"'],
  ])("%s", (text, expected) => {
    expect(simplified(text)).toBe(expected);
  });

  test("the same versions are allowed", () => {
    fc.assert(
      fc.property(versions, version, (formula, v) => {
        const simpler = simplifyVersions(formula);
        expect(simpler !== undefined && allowsVersion(simpler, v)).toBe(allowsVersion(formula, v));
        expect(simpler && simplifyVersions(simpler)).toEqual(simpler);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("filters", () => {
  test.each([
    ['os = "linux" & x', "x"],
    ['os = "macos" & x', "false"],
    ['os = "macos" | x', "x"],
    ['os = "linux" | x', "true"],
    ["x & x", "x"],
    ["x & (y & (x & z))", "x & y & z"],
    ["!!x", "x"],
    ['"" & !!"%{x}%"', '"" & !!"%{x}%"'],
    ["!(x = y)", "x != y"],
    ["x = os", 'x = "linux"'],
    ["?os", "true"],
    ["?x", "?x"],
    ["(x | false) & true", "x"],
    ['"%{os}%-%{x}%" = "a"', '"%{os}%-%{x}%" = "a"'],
    ['"%{os}%" = "linux"', "true"],
    ["a+b:installed", "a+b:installed"],
    ["percent", '"50%%"'],
  ])("%s", (text, expected) => {
    const known = globals({ os: "linux", percent: "50%" });
    expect(printFilter(simplifyFilter(parseFilter(text), known))).toBe(expected);
  });

  const values = fc.oneof(
    fc.record({
      value: fc.constantFrom(true, false, "true", "false", "linux", "1.9"),
      isKnown: fc.constant(true),
    }),
    fc.record({
      value: fc.constantFrom(true, false, "linux", "1.9", undefined),
      isKnown: fc.constant(false),
    }),
  );

  test("the same environments satisfy them", () => {
    const environment = fc.tuple(...variables.map(() => values));
    fc.assert(
      fc.property(filter, environment, (any, choice) => {
        const entries = choice.flatMap(({ value, isKnown }, i) =>
          value === undefined ? [] : [{ name: variables[i] as string, value, isKnown }],
        );
        const env = globals(Object.fromEntries(entries.map(({ name, value }) => [name, value])));
        const known = globals(
          Object.fromEntries(
            entries.filter(({ isKnown }) => isKnown).map(({ name, value }) => [name, value]),
          ),
        );
        const simpler = simplifyFilter(any, known);
        for (const otherwise of [true, false]) {
          const holds = filterHolds(any, env, otherwise);
          expect(filterHolds(simpler, env, otherwise)).toBe(holds);
          const negated = { kind: "not", item: any } as const;
          expect(filterHolds(negateFilter(any), env, otherwise)).toBe(
            filterHolds(negated, env, otherwise),
          );
        }
      }),
      { numRuns: 3000 },
    );
  });
});
