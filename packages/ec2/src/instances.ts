import {
  DescribeInstancesCommand,
  type Filter,
  GetConsoleOutputCommand,
  type Instance,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "#sdk";
import type { Connection, Settling } from "./connection.js";
import { awsErrorName } from "./failure.js";
import { allPages } from "./pages.js";
import type { MachineInstance, Tags } from "./resources.js";
import { fromAwsTags, toAwsTags } from "./tags.js";

export interface InstanceRequest {
  readonly image: string;
  readonly type: string;
  readonly securityGroups: readonly string[];
  readonly key?: string;
  readonly subnet?: string;
  readonly tags: Tags;
}

/** Starts one instance; the token makes repetitions harmless. */
export async function runInstance(
  connection: Connection,
  request: InstanceRequest,
  token: string,
): Promise<string> {
  const tags = toAwsTags(request.tags);
  const { Instances: instances = [] } = await connection.call("ec2:RunInstances", () =>
    connection.ec2.send(
      new RunInstancesCommand({
        ImageId: request.image,
        InstanceType: request.type as never, // the SDK's list of types is older than some
        MinCount: 1,
        MaxCount: 1,
        SecurityGroupIds: [...request.securityGroups],
        ClientToken: token,
        TagSpecifications: [
          { ResourceType: "instance", Tags: tags },
          { ResourceType: "volume", Tags: tags },
        ],
        ...(request.key === undefined ? {} : { KeyName: request.key }),
        ...(request.subnet === undefined ? {} : { SubnetId: request.subnet }),
      }),
    ),
  );
  return instances[0]?.InstanceId ?? "";
}

export async function describeInstances(
  connection: Connection,
  what: { readonly filters?: Filter[]; readonly ids?: string[] },
  signal?: AbortSignal,
): Promise<MachineInstance[]> {
  return allPages(async (token) => {
    const page = await connection.call(
      "ec2:DescribeInstances",
      (http) =>
        connection.ec2.send(
          new DescribeInstancesCommand({
            ...(what.filters ? { Filters: what.filters } : {}),
            ...(what.ids ? { InstanceIds: what.ids } : {}),
            ...token,
          }),
          http,
        ),
      signal,
    );
    const found = (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
    return { items: found.map(fromAws), next: page.NextToken };
  });
}

export async function describeInstance(
  connection: Connection,
  id: string,
  signal?: AbortSignal,
): Promise<MachineInstance | undefined> {
  try {
    return (await describeInstances(connection, { ids: [id] }, signal))[0];
  } catch (error) {
    if (awsErrorName(error) === "InvalidInstanceID.NotFound") return undefined;
    throw error;
  }
}

/**
 * What an instance has printed on its serial console, as far as AWS has it: on Xen types it is
 * posted shortly after the start and at its end, at most the last 64 KiB.
 */
export async function consoleText(
  connection: Connection,
  id: string,
  signal?: AbortSignal,
  settling?: Settling,
): Promise<string> {
  const { Output: output } = await connection.call(
    "ec2:GetConsoleOutput",
    (http) => connection.ec2.send(new GetConsoleOutputCommand({ InstanceId: id }), http),
    signal,
    settling,
  );
  return Buffer.from(output ?? "", "base64").toString("utf8");
}

/** Ends an instance for good; one that is gone already is fine. */
export async function terminateInstance(connection: Connection, id: string): Promise<void> {
  try {
    await connection.call("ec2:TerminateInstances", () =>
      connection.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
    );
  } catch (error) {
    if (awsErrorName(error) !== "InvalidInstanceID.NotFound") throw error;
  }
}

function fromAws(instance: Instance): MachineInstance {
  const { StateReason, PublicIpAddress, PrivateIpAddress, LaunchTime } = instance;
  return {
    id: instance.InstanceId ?? "",
    image: instance.ImageId ?? "",
    type: instance.InstanceType ?? "",
    state: instance.State?.Name ?? "pending",
    ...(StateReason?.Message ? { stateReason: StateReason.Message } : {}),
    ...(PublicIpAddress ? { publicAddress: PublicIpAddress } : {}),
    ...(PrivateIpAddress ? { privateAddress: PrivateIpAddress } : {}),
    ...(LaunchTime ? { launched: LaunchTime.toISOString() } : {}),
    tags: fromAwsTags(instance.Tags),
  };
}
