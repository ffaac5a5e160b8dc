import { basename } from "node:path";
import type { XlConfig } from "../config/config.js";
import { getNumber, getString, getStrings } from "../config/lookup.js";
import {
  bootFiles,
  type CreatedDomain,
  type CreateOptions,
  type CreateRequest,
  create,
  prepare,
} from "./create.js";
import type { XenHost } from "./host.js";

/**
 * A step of a plan, as @mirage/plan executes and describes it. It is spelt out here because who only
 * reads and writes xl files needs no plans.
 */
export interface XlStep {
  readonly kind: "step";
  readonly title: string;
  readonly detail?: string;
  perform(context: { readonly signal: AbortSignal; progress(text: string): void }): Promise<void>;
}

export interface CreatePlan {
  /** To be performed in their order; `describePlan` of @mirage/plan shows them for a dry run. */
  readonly steps: readonly XlStep[];
  /** The domain, once the steps were performed. */
  domain(): CreatedDomain | undefined;
}

/** What `createDomain` does, as steps. Touches nothing before they are performed. */
export function planCreate(
  host: XenHost,
  request: CreateRequest,
  options: Pick<CreateOptions, "timeoutMs"> = {},
): CreatePlan {
  let prepared: XlConfig | undefined;
  let created: CreatedDomain | undefined;
  const { config } = request;
  const steps: XlStep[] = [
    {
      kind: "step",
      title: `check ${host.name}`,
      detail: needs(config).join(", "),
      perform: async ({ signal }) => {
        prepared = await prepare(host, request, { ...options, signal });
      },
    },
    {
      kind: "step",
      title: `create the domain ${getString(config, "name") ?? ""} on ${host.name}`,
      detail: how(host, request).join(", "),
      perform: async ({ signal, progress }) => {
        created = await create(host, request, prepared ?? config, {
          ...options,
          signal,
          onProgress: progress,
        });
      },
    },
  ];
  return { steps, domain: () => created };
}

function needs(config: XlConfig): string[] {
  const memory = getNumber(config, "memory");
  const interfaces = getStrings(config, "vif").length;
  return [
    "Xen runs",
    ...(memory === undefined ? [] : [`${memory} MB are free`]),
    ...(interfaces === 0 ? [] : [`bridges for ${count(interfaces, "network interface")}`]),
  ];
}

function how(host: XenHost, request: CreateRequest): string[] {
  const files = bootFiles(request).map(({ path }) => basename(path));
  return [
    ...(host.isRemote ? files.map((file) => `with a copy of ${file}`) : files),
    ...(request.paused ? ["paused"] : []),
  ];
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
