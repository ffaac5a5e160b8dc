import { setImmediate } from "node:timers/promises";
import { MirageError } from "@mirage/diagnostics";
import type { Attempt, Suggestion } from "./explain/suggestions.js";
import type { WhatIf } from "./explain/what-if.js";
import { Repository, type RepositoryOptions } from "./repository/repository.js";
import type { Source } from "./repository/source.js";
import type { Criterion } from "./resolve/criteria.js";
import type { Atom, Request } from "./resolve/request.js";
import { type Outcome, resolve } from "./resolve/resolve.js";
import { prepareState, type SwitchInput } from "./state/switch-state.js";
import { type DependencyOptions, type Variables, variableLookup } from "./universe/environment.js";

/** What a caller may want to follow and limit. */
export interface ResolverOptions extends RepositoryOptions {
  /** Milliseconds for the search. Without a limit it goes on until the answer is proven best. */
  readonly timeLimit?: number;
}

/** A question: what to do in a switch, with which packages. */
export interface Question extends DependencyOptions {
  readonly request: Request;
  /** An empty switch if not given. */
  readonly state?: SwitchInput;
  readonly variables: Variables;
}

/** Why there is no plan. */
export interface Explanation {
  /** What was asked for that is part of the reason. */
  readonly asked: readonly Atom[];
  /** Why that can't be had, in sentences of which each is needed: without it there would be a plan. */
  readonly reasons: readonly string[];
  /** The reasons, after a sentence that says what was asked for. */
  readonly lines: readonly string[];
  /** What could be asked for instead. Each has been tried. */
  readonly suggestions: readonly Suggestion[];
}

/** The search took longer than allowed: `ERR_MIRAGE_OPAM_TIMEOUT`. */
export class ResolverTimeout extends MirageError {
  constructor(milliseconds: number) {
    super("ERR_MIRAGE_OPAM_TIMEOUT", `the search was not done within ${milliseconds / 1000} s`, {
      hint: "allow it more time, or ask for exact versions of some packages",
    });
  }
}

/** Length of the stretches of search between which the event loop runs. */
const sliceMs = 25;

/** Answers questions about packages from an ordered list of sources; the first one's packages count. */
export class Resolver {
  readonly #repositories: readonly Repository[];
  readonly #options: ResolverOptions;

  private constructor(repositories: readonly Repository[], options: ResolverOptions) {
    this.#repositories = repositories;
    this.#options = options;
  }

  static async open(sources: readonly Source[], options: ResolverOptions = {}): Promise<Resolver> {
    const repositories: Repository[] = [];
    for (const source of sources) {
      options.signal?.throwIfAborted();
      repositories.push(await Repository.open(source, options));
    }
    return new Resolver(repositories, options);
  }

  /** Answers a question. If a repository turns out to have changed meanwhile, its news are read first. */
  async resolve(question: Question): Promise<Outcome> {
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#search(question);
      const names = outcome.universe.mentioned();
      const changed = this.#repositories.filter((repository) => !repository.isCurrent(names));
      if (changed.length === 0 || attempt > 0) return outcome;
      for (const repository of changed) await repository.refresh();
    }
  }

  /**
   * Why a question has no plan for an answer, with changes of it that would help; undefined if it has
   * one.
   */
  async explain(question: Question): Promise<Explanation | undefined> {
    const outcome = await this.resolve(question);
    if (outcome.kind === "plan") return undefined;
    const { argue } = await import("./explain/explain.js");
    const { suggestionsFor } = await import("./explain/suggestions.js");
    const { facts, asked, reasons, lines } = await this.#run((interrupted) =>
      argue(outcome, interrupted),
    );
    const { request, state = {} } = question;
    const suggestions = await suggestionsFor(request, state, facts, this.#attempts(question));
    return { asked, reasons, lines, suggestions };
  }

  /**
   * What it would take to have a newer version of a package than a question's plan has, or why that is
   * impossible; undefined if there is no plan, or the package is not part of it.
   */
  async whatIfNewer(question: Question, name: string): Promise<WhatIf | undefined> {
    const outcome = await this.resolve(question);
    if (outcome.kind !== "plan") return undefined;
    const { whatIfNewer } = await import("./explain/what-if.js");
    const { argue } = await import("./explain/explain.js");
    return whatIfNewer(question.request, outcome, name, this.#attempts(question), (refusal) =>
      this.#run((interrupted) => argue(refusal, interrupted)),
    );
  }

  #attempts(question: Question): Attempt {
    return (request, { criteria, state } = {}) =>
      this.#search({ ...question, request, ...(state !== undefined && { state }) }, criteria);
  }

  #search(
    { request, state, variables, ...options }: Question,
    criteria?: readonly Criterion[],
  ): Promise<Outcome> {
    return this.#run((interrupted) =>
      resolve({
        stores: this.#repositories.map(({ store }) => store),
        state: prepareState(state ?? {}),
        variables: variableLookup(variables),
        options,
        request,
        ...(criteria !== undefined && { criteria }),
        interrupted,
      }),
    );
  }

  /** Runs what yields when it is interrupted, within the caller's limits. */
  async #run<T>(begin: (interrupted: () => boolean) => Generator<void, T>): Promise<T> {
    const { signal, timeLimit = Number.POSITIVE_INFINITY } = this.#options;
    signal?.throwIfAborted();
    const deadline = performance.now() + timeLimit;
    let sliceEnd = performance.now() + sliceMs;
    const steps = begin(() => performance.now() > sliceEnd);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      await setImmediate();
      signal?.throwIfAborted();
      if (performance.now() > deadline) throw new ResolverTimeout(timeLimit);
      sliceEnd = performance.now() + sliceMs;
    }
  }
}
