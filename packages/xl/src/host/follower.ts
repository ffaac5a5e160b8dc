import type { Domain, DomainState } from "./domain.js";
import { type EndReason, outcomeOf } from "./outcome.js";
import type { Snapshot } from "./poll.js";

/** What happens to a domain. */
export type DomainEvent =
  /** It is in this state now; the first event tells where it starts. */
  | { readonly type: "state"; readonly state: DomainState; readonly domain: Domain }
  /** xl has started it again, under another number. */
  | { readonly type: "restarted"; readonly id: number; readonly reason: EndReason | undefined }
  /**
   * It has ended, for good; always the last event. Without a reason, nobody knows why: xl did not
   * watch it. `isKept`: it was left for examination (`preserve`), and keeps its memory and its name.
   */
  | { readonly type: "ended"; readonly reason: EndReason | undefined; readonly isKept: boolean };

/** Looks that xl is given to note how a domain ended, and to do what it noted. */
const patience = { note: 3, action: 60 };

/** Makes events of one domain's life out of what a host says from time to time. */
export class Follower {
  #id: number;
  readonly #name: string;
  #last: Domain | undefined;
  /** Looks since it was seen to have ended. */
  #looks = 0;

  constructor(id: number, name: string) {
    this.#id = id;
    this.#name = name;
  }

  /** What has happened since the last look. After `ended` there is nothing more to look at. */
  look({ domains, log }: Snapshot): DomainEvent[] {
    const domain = domains.find(({ id }) => id === this.#id);
    const events: DomainEvent[] = [];
    if (domain) {
      if (domain.state !== this.#last?.state) {
        events.push({ type: "state", state: domain.state, domain });
      }
      this.#last = domain;
      if (domain.state === "running" || domain.state === "paused") return events;
    }
    this.#looks++;
    const outcome = outcomeOf(log, this.#id);
    const reason = outcome?.reason ?? this.#last?.shutdownReason;
    const action = outcome?.action ?? "none";
    const restarts = action.includes("restart");
    const next = domains.find(({ id, name }) => id !== this.#id && name === this.#name);
    if (restarts && next) return [...events, ...this.#goOn(next, reason)];

    const isDecided = domain ? action === "preserve" : outcome !== undefined && !restarts;
    const isUnderWay = domain?.state === "dying" || action !== "none";
    if (isDecided || this.#looks > (isUnderWay ? patience.action : patience.note)) {
      events.push({ type: "ended", reason, isKept: domain !== undefined });
    }
    return events;
  }

  #goOn(next: Domain, reason: EndReason | undefined): DomainEvent[] {
    this.#id = next.id;
    this.#last = next;
    this.#looks = 0;
    return [
      { type: "restarted", id: next.id, reason },
      { type: "state", state: next.state, domain: next },
    ];
  }
}
