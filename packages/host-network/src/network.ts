import { type ExecuteOptions, execute } from "@mirage/plan";
import { type DownOptions, planDown } from "./plan-down.js";
import { planUp } from "./plan-up.js";
import {
  checkInterfaceName,
  defaultBridge,
  type NetworkOptions,
  resolveRequest,
} from "./request.js";
import { checkRequirements } from "./requirements.js";
import { readState, stateFolder } from "./state.js";

/**
 * What `networkUp` would do, for a dry run.
 * @throws MirageError as `networkUp`, but for missing rights
 */
export function planNetworkUp(options: NetworkOptions, folder = stateFolder()) {
  return planUp(resolveRequest(options), folder);
}

/**
 * Sees to it that a network is there; what is there already stays. When that fails, or is
 * interrupted, what was done is undone, unless the network had been set up before.
 * @returns whether there was anything to do
 * @throws MirageError `ERR_MIRAGE_NETWORK_*`: wrong options, missing rights or programs, a name or
 * an address that is taken; `ERR_MIRAGE_COMMAND_FAILED`, `ERR_MIRAGE_INTERRUPTED`
 */
export async function networkUp(
  options: NetworkOptions,
  execution: ExecuteOptions = {},
  folder = stateFolder(),
): Promise<boolean> {
  const request = resolveRequest(options);
  checkRequirements(request);
  const wasThere = (await readState(folder, request.bridge)) !== undefined;
  const plan = await planUp(request, folder);
  try {
    await execute(plan, execution);
  } catch (error) {
    if (!wasThere) await execute(await planDown(request.bridge, folder, { force: true }));
    throw error;
  }
  return plan.length > 0;
}

/**
 * What `networkDown` would do, for a dry run.
 * @throws MirageError as `networkDown`, but for missing rights
 */
export function planNetworkDown(
  bridge = defaultBridge,
  options: DownOptions = {},
  folder = stateFolder(),
) {
  return planDown(checkInterfaceName(bridge), folder, options);
}

/**
 * Undoes what `networkUp` did, also what a crash left half done. What was there before it stays.
 * @returns whether there was anything to do
 * @throws MirageError `ERR_MIRAGE_NETWORK_IN_USE`, `ERR_MIRAGE_NETWORK_PRIVILEGE`,
 * `ERR_MIRAGE_COMMAND_FAILED`
 */
export async function networkDown(
  bridge = defaultBridge,
  options: DownOptions & ExecuteOptions = {},
  folder = stateFolder(),
): Promise<boolean> {
  const state = await readState(folder, checkInterfaceName(bridge));
  if (state) {
    const { dhcp: _, ...request } = state.request; // ending dnsmasq takes no program
    checkRequirements(request);
  }
  await execute(await planDown(bridge, folder, options), options);
  return state !== undefined;
}
