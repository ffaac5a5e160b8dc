import { didYouMean, MirageError } from "@mirage/diagnostics";
import { lastLines } from "./last-lines.js";
import type { CommandResult } from "./run-command.js";

/** What is known besides opam's own words. */
export interface FailureContext {
  /** What opam was to do, as in "opam could not …". */
  readonly purpose: string;
  readonly log: string;
  /** Names of packages that exist, to guess what was meant. */
  readonly knownPackages: readonly string[];
  /** The disk that opam writes to has no space left. */
  readonly diskIsFull: boolean;
}

/** Exit codes of opam 2.1 (its manual page, section EXIT STATUS). */
const exit = { locked: 15, notFound: 5, noSolution: 20, fileError: 30, actionFailed: 31, sync: 40 };

/** Why opam failed, from how it ended and what it said. */
export function opamFailure(result: CommandResult, context: FailureContext): MirageError {
  const said = `${result.stdout}\n${result.stderr}`;
  const whole = `opam's whole output is in ${context.log}`;
  if (context.diskIsFull || /No space left on device|Disk quota exceeded/.test(said)) {
    return new MirageError(
      "ERR_MIRAGE_DISK_FULL",
      `the disk is full: opam could not ${context.purpose}`,
      { hint: `free some space and run the command again; ${whole}` },
    );
  }
  if (result.killedBy !== undefined) {
    return new MirageError("ERR_MIRAGE_OPAM_KILLED", `opam was killed by ${result.killedBy}`, {
      hint: `run the command again: it continues where this one stopped; ${whole}`,
    });
  }
  return (
    sandboxFailure(said, whole) ??
    byExitCode(result, context, said, whole) ??
    new MirageError(
      "ERR_MIRAGE_OPAM_FAILED",
      `opam could not ${context.purpose}:\n${lastLines(result.stderr || said, 8)}`,
      { hint: whole },
    )
  );
}

function byExitCode(
  result: CommandResult,
  context: FailureContext,
  said: string,
  whole: string,
): MirageError | undefined {
  switch (result.exitCode) {
    case exit.notFound:
      return notFound(result.stderr, context.knownPackages);
    case exit.noSolution:
      return new MirageError(
        "ERR_MIRAGE_OPAM_CONFLICT",
        `the packages cannot be installed together:\n${explanation(result.stderr)}`,
        { hint: "change the packages or their versions, or use another switch" },
      );
    case exit.locked:
      return new MirageError("ERR_MIRAGE_OPAM_LOCKED", "another opam is at work", {
        hint: "run the command again when it has ended",
      });
    case exit.actionFailed:
    case exit.sync:
      return buildFailure(said, whole) ?? fetchFailure(said, whole);
    case exit.fileError:
      return permissionFailure(said, whole);
    default:
      return permissionFailure(said, whole);
  }
}

function notFound(stderr: string, known: readonly string[]): MirageError | undefined {
  const names = [...stderr.matchAll(/No package named (\S+) found/g)].map(([, name]) => name ?? "");
  const versions = [...stderr.matchAll(/Package (\S+) has no version (\S+?)\.?$/gm)];
  const problems = [
    ...names.map((name) => `there is no opam package ${name}`),
    ...versions.map(([, name, version]) => `the opam package ${name} has no version ${version}`),
  ];
  if (problems.length === 0) return undefined;
  const guesses = names.flatMap((name) => didYouMean(name, known) ?? []);
  return new MirageError("ERR_MIRAGE_OPAM_NOT_FOUND", problems.join("; "), {
    hint:
      guesses.length > 0
        ? `did you mean ${guesses.join(", ")}?`
        : "check the name, or use an opam switch whose repositories have it",
  });
}

/** opam's explanation of a conflict: what follows its error line, up to the next empty line. */
function explanation(stderr: string): string {
  const [, text] =
    /\[ERROR\] (?:Package conflict!|No solution[^\n]*?:)[ \t]*\n?((?:.*\S.*\n?)+)/.exec(stderr) ??
    [];
  return (text ?? lastLines(stderr, 8)).trimEnd();
}

const shownOutput = 12;

/** The packages whose build or installation failed, with the last lines of the first one. */
function buildFailure(said: string, whole: string): MirageError | undefined {
  const reports = [
    ...said.matchAll(/^#=== ERROR while (compiling|installing) (\S+) =+#\n((?:#.*\n?)*)/gm),
  ];
  const [, , , firstReport] = reports[0] ?? [];
  if (firstReport === undefined) return undefined;
  const output = firstReport.replace(/^[\s\S]*?^### output ###$/m, "").replaceAll(/^# ?/gm, "");
  const names = reports.map(
    ([, what, name]) => `${name} failed to ${what === "compiling" ? "build" : "install"}`,
  );
  return new MirageError(
    "ERR_MIRAGE_OPAM_BUILD_FAILED",
    `${names.join("; ")}:\n${lastLines(output, shownOutput)}`,
    { hint: whole },
  );
}

function fetchFailure(said: string, whole: string): MirageError | undefined {
  const names = [
    ...said.matchAll(/Failed to get sources of (\S+?):|ERROR while fetching sources for (\S+) =/g),
  ].map(([, a, b]) => a ?? b);
  const [, repository] = /Could not update repository "([^"]+)"/.exec(said) ?? [];
  const what =
    names.length > 0
      ? `the sources of ${[...new Set(names)].join(", ")}`
      : repository && `the repository ${repository}`;
  if (!what) return undefined;
  if (/checksum/i.test(said)) {
    return new MirageError("ERR_MIRAGE_OPAM_FETCH_FAILED", `${what} do not match their checksums`, {
      hint: `a server or a proxy changed them; ${whole}`,
    });
  }
  if (!/curl|could not resolve|unreachable|timed out|connection/i.test(said)) {
    return new MirageError("ERR_MIRAGE_OPAM_FETCH_FAILED", `opam could not get ${what}`, {
      hint: whole,
    });
  }
  const [, code] = /exited with code (\d+)/.exec(said) ?? [];
  const reason = code === undefined ? undefined : curlReasons[code];
  return new MirageError("ERR_MIRAGE_OPAM_NETWORK", `opam could not download ${what}`, {
    hint: `check the network and any proxy${reason === undefined ? "" : ` (${reason})`}; ${whole}`,
  });
}

/** Exit codes of curl(1) that tell a person something. */
const curlReasons: Readonly<Record<string, string>> = {
  "5": "the proxy's name is unknown",
  "6": "the server's name is unknown",
  "7": "the server does not answer",
  "28": "the server took too long",
  "35": "the TLS connection failed",
  "60": "the server's certificate is not trusted",
};

function sandboxFailure(said: string, whole: string): MirageError | undefined {
  if (!/^(?:# |- )?bwrap: |Sandboxing is not working/m.test(said)) return undefined;
  return new MirageError(
    "ERR_MIRAGE_OPAM_SANDBOX",
    "opam's sandbox (bubblewrap) does not work on this machine, as inside many containers",
    { hint: `switch it off: opam init --reinit --disable-sandboxing --bare; ${whole}` },
  );
}

function permissionFailure(said: string, whole: string): MirageError | undefined {
  const [line] = /^.*(?:Permission denied|Read-only file system).*$/m.exec(said) ?? [];
  if (line === undefined) return undefined;
  return new MirageError("ERR_MIRAGE_OPAM_PERMISSION", `opam may not write: ${line.trim()}`, {
    hint: `check who owns opam's root and whether an earlier command ran as root; ${whole}`,
  });
}
