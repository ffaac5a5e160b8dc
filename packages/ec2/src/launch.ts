import { randomUUID } from "node:crypto";
import { MirageError } from "@mirage/diagnostics";
import { Connection } from "./connection.js";
import type { ConnectionOptions } from "./connection-options.js";
import { describeImages } from "./images.js";
import { checkInstanceType } from "./instance-types.js";
import { consoleText, describeInstance, type InstanceRequest, runInstance } from "./instances.js";
import { type PlannedCall, plannedCall } from "./planned-call.js";
import type { MachineImage, MachineInstance } from "./resources.js";
import { contentTag } from "./tags.js";
import { leftBehind } from "./unfinished.js";
import { type PollOptions, waitUntil } from "./wait.js";

/** An instance to launch. */
export interface LaunchRequest {
  readonly image: string;
  /** One of a Xen family, such as `t2.micro`. */
  readonly type: string;
  readonly securityGroups: readonly string[];
  /** The name of a key pair; EC2 keeps it with the instance, a unikernel has no use for it. */
  readonly key?: string;
  /** Where the security groups belong to another network than the default one. */
  readonly subnet?: string;
}

export interface LaunchOptions extends ConnectionOptions {
  readonly signal?: AbortSignal;
  readonly poll?: PollOptions;
  /** How long to wait for console output, in milliseconds; five minutes when absent. */
  readonly consoleMs?: number;
  readonly onEvent?: (event: LaunchEvent) => void;
}

export type LaunchEvent =
  | { readonly type: "started"; readonly instance: string; readonly region: string }
  | { readonly type: "waiting"; readonly instance: string; readonly state: string };

export interface Launched extends MachineInstance {
  readonly region: string;
  /** Empty when AWS had none in time. */
  readonly console: string;
}

/**
 * Launches an instance, waits until it runs, and fetches its console output.
 * @throws MirageError `ERR_MIRAGE_EC2_*`; if waiting fails, the instance stays and the error names it
 */
export async function launch(
  request: LaunchRequest,
  options: LaunchOptions = {},
): Promise<Launched> {
  checkInstanceType(request.type);
  const { signal, poll = {}, onEvent: tell = () => {}, consoleMs = 300_000 } = options;
  const connection = await Connection.open(options);
  const { region } = connection;
  try {
    const image = await imageToLaunch(connection, request.image, signal);
    const id = await runInstance(connection, instanceRequest(request, image), randomUUID());
    tell({ type: "started", instance: id, region });
    try {
      const onState = (state: string) => tell({ type: "waiting", instance: id, state });
      const instance = await running(connection, id, poll, signal, onState);
      onState("running, no console output yet");
      const console = await firstOutput(connection, id, { ...poll, limitMs: consoleMs }, signal);
      return { ...instance, region, console };
    } catch (error) {
      throw withInstance(error, id, region);
    }
  } finally {
    connection.close();
  }
}

/** The calls of a launch, waiting apart. Calls nothing. */
export async function planLaunch(
  request: LaunchRequest,
  options: ConnectionOptions = {},
): Promise<PlannedCall[]> {
  checkInstanceType(request.type);
  const connection = await Connection.open(options);
  connection.close();
  const { image, type, securityGroups } = request;
  const groups = securityGroups.length > 0 ? ` with ${securityGroups.join(", ")}` : "";
  const { region } = connection;
  return [
    plannedCall("ec2:DescribeImages", region, `is ${image} available?`),
    plannedCall("ec2:RunInstances", region, `a ${type} of ${image}${groups}`),
    plannedCall("ec2:DescribeInstances", region, "until it runs"),
    plannedCall("ec2:GetConsoleOutput", region, "until there is some"),
  ];
}

/** What an instance has printed so far. */
export async function consoleOutput(
  instance: string,
  options: ConnectionOptions & { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const connection = await Connection.open(options);
  try {
    return await consoleText(connection, instance, options.signal);
  } finally {
    connection.close();
  }
}

function instanceRequest(request: LaunchRequest, image: MachineImage): InstanceRequest {
  return { ...request, tags: image.tags };
}

async function imageToLaunch(
  connection: Connection,
  id: string,
  signal: AbortSignal | undefined,
): Promise<MachineImage> {
  const [image] = await describeImages(connection, { ids: [id] }, signal);
  const where = `${id} in ${connection.region}`;
  if (!image || !(contentTag in image.tags)) {
    throw new MirageError(
      "ERR_MIRAGE_EC2_LAUNCH",
      `${where} is not an image that mirage published`,
      {
        hint: "`mirage ec2 list` shows those that are",
      },
    );
  }
  if (image.state === "available") return image;
  throw new MirageError("ERR_MIRAGE_EC2_LAUNCH", `${where} is ${image.state}`, {
    hint: "publish it again: that waits until it is available",
  });
}

function running(
  connection: Connection,
  id: string,
  poll: PollOptions,
  signal: AbortSignal | undefined,
  onState: (state: string) => void,
): Promise<MachineInstance> {
  return waitUntil(
    `the instance ${id}`,
    async () => {
      const instance = await describeInstance(connection, id, signal);
      // A new instance may not be visible everywhere at once.
      const state = instance?.state ?? "pending";
      onState(state);
      if (instance && state === "running") return { done: instance };
      if (state === "pending") return { state };
      throw new MirageError(
        "ERR_MIRAGE_EC2_LAUNCH",
        `${id} became ${state}${instance?.stateReason ? `: ${instance.stateReason}` : ""}`,
      );
    },
    poll,
    signal,
  );
}

async function firstOutput(
  connection: Connection,
  id: string,
  poll: PollOptions,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await waitUntil(
      `the console of ${id}`,
      async () => {
        const text = await consoleText(connection, id, signal, {
          names: ["InvalidInstanceID.NotFound"],
        });
        return text === "" ? { state: "empty" } : { done: text };
      },
      poll,
      signal,
    );
  } catch (error) {
    if (error instanceof MirageError && error.code === "ERR_MIRAGE_EC2_TIMEOUT") return "";
    throw error;
  }
}

function withInstance(error: unknown, id: string, region: string): unknown {
  if (!(error instanceof MirageError)) return error;
  const { code, exitCode, cause } = error;
  const left = {
    ...leftBehind({ id, region }),
    message: `${id} in ${region} was started and stays`,
  };
  return new MirageError(code, `${id} may go on running`, {
    exitCode,
    cause,
    details: [...error.toDiagnostics(), left],
  });
}
