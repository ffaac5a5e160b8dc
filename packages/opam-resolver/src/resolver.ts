import { setImmediate } from "node:timers/promises";
import { Repository, type RepositoryOptions } from "./repository/repository.js";
import type { Source } from "./repository/source.js";
import type { Request } from "./resolve/request.js";
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

/** The search took longer than allowed. */
export class ResolverTimeout extends Error {}

/** Length of the stretches of search between which the event loop runs. */
const SLICE_MS = 25;

/** Answers questions about packages from an ordered list of sources; the first one's packages count. */
export class Resolver {
  private readonly repositories: readonly Repository[];
  private readonly options: ResolverOptions;

  private constructor(repositories: readonly Repository[], options: ResolverOptions) {
    this.repositories = repositories;
    this.options = options;
  }

  static async open(sources: readonly Source[], options: ResolverOptions = {}): Promise<Resolver> {
    const repositories: Repository[] = [];
    for (const source of sources) repositories.push(await Repository.open(source, options));
    return new Resolver(repositories, options);
  }

  /** Answers a question. If a repository turns out to have changed meanwhile, its news are read first. */
  async resolve(question: Question): Promise<Outcome> {
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.search(question);
      const names = outcome.universe.mentioned();
      const changed = this.repositories.filter((repository) => !repository.isCurrent(names));
      if (changed.length === 0 || attempt > 0) return outcome;
      for (const repository of changed) await repository.refresh();
    }
  }

  private async search({ request, state, variables, ...options }: Question): Promise<Outcome> {
    const { signal, timeLimit = Number.POSITIVE_INFINITY } = this.options;
    const deadline = performance.now() + timeLimit;
    let sliceEnd = performance.now() + SLICE_MS;
    const steps = resolve({
      stores: this.repositories.map(({ store }) => store),
      state: prepareState(state ?? {}),
      variables: variableLookup(variables),
      options,
      request,
      interrupted: () => performance.now() > sliceEnd,
    });
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      await setImmediate();
      signal?.throwIfAborted();
      if (performance.now() > deadline) throw new ResolverTimeout();
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
}
