export type { Action } from "./actions.js";
export type { ConnectionOptions, Retry } from "./connection-options.js";
export type { Range } from "./disk.js";
export type { PublishEvent } from "./events.js";
export { checkInstanceType, defaultInstanceType, xenFamilies } from "./instance-types.js";
export {
  consoleOutput,
  type LaunchEvent,
  type Launched,
  type LaunchOptions,
  type LaunchRequest,
  launch,
  planLaunch,
} from "./launch.js";
export { type Inventory, type ListOptions, list } from "./list.js";
export { Meter } from "./meter.js";
export { type PublishPlan, planPublish } from "./plan-publish.js";
export type { PlannedCall } from "./planned-call.js";
export { type Job, jobs, policy } from "./policy.js";
export { type Published, type PublishedImage, type PublishOptions, publish } from "./publish.js";
export { planRemoval, type Removal, type RemoveOptions, remove } from "./remove.js";
export type { PublishRequest } from "./request.js";
export type { DiskSnapshot, MachineImage, MachineInstance, Tags } from "./resources.js";
export type { RetryOptions } from "./retry.js";
export { type TerraformValues, terraformFile } from "./terraform.js";
export type { PollOptions } from "./wait.js";
