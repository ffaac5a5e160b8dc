import { dirname, join, relative, resolve } from "node:path";
import { opamPackages } from "@mirage/codegen";
import type { Configuration } from "@mirage/conf";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import type { InstallRequest } from "@mirage/opam-driver";
import {
  type Atom,
  neededPackages,
  type Outcome,
  type PackageId,
  type Plan,
  parseAtom,
  type WhatIf,
} from "@mirage/opam-resolver";
import type { Lock } from "@mirage/opam-resolver/lock";
import { readInside } from "@mirage/plan";
import { stateFolder } from "@mirage/project";
import { architectureOf, type Target } from "@mirage/types";
import type { CarriedPackage } from "./carried.js";
import { type Installation, type OpamOptions, prepareInstallation } from "./installation.js";
import { type Agreed, type Loss, lossError, lossesOf, unagreed } from "./losses.js";
import { isWritten, refusal, targetRefusal } from "./refusal.js";
import { targetProblemsIn } from "./target-problems.js";

/** Packages in exact versions, and what installing them takes away from the switch. */
export interface Chosen {
  readonly packages: readonly PackageId[];
  readonly losses: readonly Loss[];
}

/** Losses of which it is told why they are needed. */
const maxReasoned = 3;

/** What an application needs of opam. */
export class Dependencies {
  readonly directory: string;
  readonly lockFile: string;
  readonly #configuration: Configuration;
  readonly #target: Target;
  readonly #atoms: readonly Atom[];
  readonly #installation: Installation;

  private constructor(configuration: Configuration, target: Target, installation: Installation) {
    this.directory = dirname(resolve(configuration.file));
    this.lockFile = join(this.directory, `${configuration.name.value}.opam.locked`);
    this.#configuration = configuration;
    this.#target = target;
    this.#atoms = opamPackages(configuration, target).map(
      (text) => parseAtom(text) ?? { name: text },
    );
    this.#installation = installation;
  }

  static async of(
    configuration: Configuration,
    target: Target,
    options: OpamOptions,
  ): Promise<Dependencies> {
    return new Dependencies(
      configuration,
      target,
      await prepareInstallation({
        ...options,
        ...(target.architecture === undefined ? {} : { architecture: architectureOf(target) }),
      }),
    );
  }

  get opam(): Installation["opam"] {
    return this.#installation.opam;
  }

  /** What is known of libraries before they are installed. */
  get libraries(): Pick<Installation, "packageOf" | "libraryNames" | "isKnown"> {
    return this.#installation;
  }

  /** The best versions for what is installed already. @throws MirageError if there are none. */
  async chosen(): Promise<Chosen> {
    return chosenBy(await this.#planned(await this.#installation.choose(this.#atoms)));
  }

  /**
   * Refuses what nobody agreed to lose. A switch of mirage's own can lose anything.
   * @throws MirageError `ERR_MIRAGE_OPAM_LOSS`, which names each package and says why
   */
  async checkLosses({ losses }: Chosen, agreed: Agreed): Promise<void> {
    const refused = this.opam.owned ? [] : unagreed(losses, agreed);
    if (refused.length === 0) return;
    const reasons = new Map<Loss, readonly string[]>();
    for (const loss of refused.slice(0, maxReasoned)) {
      const { name, version } = loss;
      const kept = [...this.#atoms, { name, op: ">=", version } as const];
      reasons.set(loss, (await this.#installation.explain(kept))?.reasons ?? []);
    }
    throw lossError(this.opam.switch, refused, reasons);
  }

  /** The best versions, whatever is installed. @throws MirageError if there are none. */
  async newest(): Promise<Plan> {
    return await this.#planned(await this.#installation.choose(this.#atoms, { anew: true }));
  }

  /** A lock that holds these versions. */
  async lock(packages: readonly PackageId[]): Promise<Lock> {
    return {
      name: this.#configuration.name.value,
      packages: await this.#installation.withChecksums(packages),
    };
  }

  /** The lock beside the .conf file, if there is one. */
  async readLock(): Promise<Lock | undefined> {
    const file = relative(process.cwd(), this.lockFile);
    const { readLock } = await import("@mirage/opam-resolver/lock");
    try {
      const text = readInside(this.directory, this.lockFile)?.toString("utf8");
      return text === undefined ? undefined : readLock(text, file);
    } catch (error) {
      throw fromSystemError(error, file);
    }
  }

  /**
   * The versions of the lock.
   * @throws MirageError that shows what differs, if they are not what the application needs.
   */
  async locked(): Promise<Chosen> {
    const file = relative(process.cwd(), this.lockFile);
    const lock = await this.readLock();
    if (lock === undefined) {
      throw new MirageError("ERR_MIRAGE_LOCK_MISSING", `there is no lock file ${file}`, {
        hint: "`mirage lock` writes it",
      });
    }
    const { compareLock, isSame, printDifference } = await import("@mirage/opam-resolver/lock");
    const held = await this.#installation.choose(this.#atoms, { locked: lock.packages });
    const chosen = held.kind === "plan" ? chosenBy(held) : await this.chosen();
    const difference = compareLock(lock.packages, (await this.lock(chosen.packages)).packages);
    if (isSame(difference)) return chosen;
    throw new MirageError(
      "ERR_MIRAGE_LOCK_DRIFT",
      `${file} is not what the application needs:\n${printDifference(difference)}`,
      { hint: "`mirage lock` rewrites it; nothing was changed" },
    );
  }

  /** Those of the chosen packages whose build rules came with the application's folder. */
  carried({ packages }: Chosen): readonly CarriedPackage[] {
    return this.#installation.carried(packages, this.directory);
  }

  /** What has to be installed for chosen packages, and what it may take away. */
  request({ packages, losses }: Chosen): InstallRequest {
    const asked = new Set(this.#atoms.map(({ name }) => name));
    const log = {
      log: join(stateFolder(this.directory), "opam.log"),
      logWithin: this.directory,
    };
    return { ...this.#installation.request(packages, asked, log), losses };
  }

  /** Why a package of a plan made anew isn't newer. */
  async whatIfNewer(name: string): Promise<WhatIf | undefined> {
    return this.#installation.whatIfNewer(this.#atoms, name, { anew: true });
  }

  async #planned(outcome: Outcome): Promise<Plan> {
    if (outcome.kind === "plan") return outcome;
    const explanation = await this.#installation.explain(this.#atoms);
    const written = this.#configuration.packages;
    const isOurs = explanation?.asked.every((atom) => !isWritten(atom, written)) === true;
    if (outcome.kind === "not-found" || !isOurs) throw refusal(outcome, explanation, written);
    throw targetRefusal(this.#target, explanation, await targetProblemsIn(this.#installation));
  }
}

function chosenBy(plan: Plan): Chosen {
  return { packages: neededPackages(plan), losses: lossesOf(plan) };
}
