import { untrustedXlLines } from "@mirage/codegen";
import type { Configuration } from "@mirage/conf";
import { type Diagnostic, MirageError } from "@mirage/diagnostics";

/**
 * What of a .conf file xl would act on as root in ways that its author should not decide; returned only
 * if that is trusted.
 * @throws MirageError `ERR_MIRAGE_XL_UNTRUSTED` with all of it as details, if it is not
 */
export function checkTrust(
  configuration: Configuration,
  trustXl: boolean | undefined,
): readonly Diagnostic[] {
  return trustOrRefuse(configuration.file, untrustedXlLines(configuration), trustXl);
}

/**
 * The same for what was found in any file.
 * @throws MirageError `ERR_MIRAGE_XL_UNTRUSTED`
 */
export function trustOrRefuse(
  file: string,
  found: readonly Diagnostic[],
  trustXl: boolean | undefined,
): readonly Diagnostic[] {
  if (found.length === 0 || trustXl) return found;
  throw new MirageError(
    "ERR_MIRAGE_XL_UNTRUSTED",
    `${file} would have xl, which is root, do more than start a guest`,
    { details: found },
  );
}

/** What is trusted, a line each, for a person to read. */
export function describeTrust(trusted: readonly Diagnostic[]): string[] {
  return trusted.map(({ span, message }) => {
    const place = span ? `${span.file}:${span.start.line}: ` : "";
    return `trusted by --trust-xl: ${place}${message}`;
  });
}
