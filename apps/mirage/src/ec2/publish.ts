import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import {
  builtKernel,
  type ConfiguredApplication,
  configuredApplication,
} from "@mirage/application";
import { networkDevices } from "@mirage/codegen";
import { MirageError } from "@mirage/diagnostics";
import { composeDisk, parseSize, writeDisk } from "@mirage/disk-image";
import {
  type PublishedImage,
  type PublishPlan,
  type PublishRequest,
  planPublish,
  publish,
  terraformFile,
} from "@mirage/ec2";
import { architectureOf } from "@mirage/types";
import { loadApplication } from "../load-application.js";
import type { ProgressFlags } from "../terminal/progress/progress.js";
import { showingProgress } from "../terminal/progress/show.js";
import { table } from "../terminal/table.js";
import { print, say } from "../terminal/terminal.js";
import { PublishProgress } from "./progress.js";
import { type AwsFlags, connectionOf, interruptibleTwice } from "./session.js";
import { originTags, parseTags } from "./tags.js";

interface PublishEc2Options extends AwsFlags, ProgressFlags {
  readonly disk?: string;
  readonly size?: string;
  readonly append?: string;
  readonly imageName?: string;
  readonly copyTo?: readonly string[];
  readonly shareWith?: readonly string[];
  readonly tag?: readonly string[];
  readonly encrypt?: true;
  readonly kmsKey?: string;
  readonly imds?: "v2";
  readonly deprecateAfter?: number;
  readonly staticAddress?: true;
  readonly workers: number;
  readonly output?: "json" | "terraform";
  readonly json?: true;
  readonly dryRun?: true;
}

const usualPort = 80;

/** `mirage publish ec2`: the built kernel, or a disk, as an Amazon machine image. */
export async function publishEc2(
  file: string | undefined,
  options: PublishEc2Options,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mirage-publish-"));
  try {
    await interruptibleTwice(async ({ first, second }) => {
      const { request, port } = await whatToPublish(file, options, folder, first);
      if (options.dryRun)
        return printPlan(await planPublish(request, connectionOf(options)), options);
      const published = await showingProgress(options, (progress) => {
        progress.task(`publish ${request.name}`);
        return publish(request, {
          ...connectionOf(options),
          workers: options.workers,
          signal: first,
          leave: second,
          onEvent: new PublishProgress(progress).tell,
        });
      });
      if (options.output === "terraform") {
        print(terraformFile({ ...published, name: request.name, port }).trimEnd());
      } else if (options.json || options.output === "json") {
        print(JSON.stringify(published, undefined, 2));
      } else {
        for (const image of [published, ...published.copies]) print(sentence(image));
        say(`\`mirage ec2 launch ${published.image} --region ${published.region}\` starts it`);
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The request of a command line; a disk that has to be made first is written into `folder`. */
async function whatToPublish(
  file: string | undefined,
  options: PublishEc2Options,
  folder: string,
  signal: AbortSignal,
): Promise<{ request: PublishRequest; port: number }> {
  const { tag = [] } = options;
  const common = requestOf(options);
  const tags = parseTags(tag);
  if (options.disk !== undefined) {
    const name = basename(options.disk).replace(/\.[^.]+$/, "");
    return { request: { ...common, disk: options.disk, name, tags }, port: usualPort };
  }
  const { configuration } = await loadApplication(file);
  const application = await configuredApplication(configuration);
  refuseArm(application);
  if (!options.staticAddress) refuseStaticAddress(application);
  const { name } = application;
  const kernel = builtKernel(application);
  const disk = join(folder, `${name}.img`);
  const image = await composeDisk({
    kernel,
    commandLine: options.append?.split(/\s+/).filter((word) => word !== "") ?? [],
    ...(options.size === undefined ? {} : { size: parseSize(options.size) }),
    signal,
  });
  await writeDisk(image, disk, { signal });
  const origin = await originTags(kernel, dirname(kernel));
  return {
    request: { ...common, disk, ranges: image.ranges, name, tags: { ...origin, ...tags } },
    port: configuration.http?.port.value ?? usualPort,
  };
}

/** What of the request the command line says. */
function requestOf({
  imageName,
  copyTo = [],
  shareWith = [],
  encrypt,
  kmsKey,
  imds,
  deprecateAfter,
}: PublishEc2Options) {
  return {
    copyTo,
    shareWith,
    ...(imageName === undefined ? {} : { imageName }),
    ...(encrypt || kmsKey ? { encryption: kmsKey === undefined ? {} : { key: kmsKey } } : {}),
    ...(imds === undefined ? {} : { imds }),
    ...(deprecateAfter === undefined ? {} : { deprecateAfterDays: deprecateAfter }),
  };
}

/** EC2's machines for Arm are all of the kind that there are no drivers for. */
function refuseArm({ name, target }: ConfiguredApplication): void {
  const { name: processors } = architectureOf(target);
  if (processors === "amd64") return;
  throw new MirageError(
    "ERR_MIRAGE_EC2_ARCHITECTURE",
    `the kernel of ${name} is for ${processors}, and EC2 has such machines (Graviton) with Nitro only: an NVMe disk and an ENA network interface, for which there are no drivers yet`,
    {
      hint: "configure with `--arch amd64` and build again: instance types such as t2.micro are of Xen",
    },
  );
}

/** EC2 tells an instance its address by DHCP; with another one, nobody reaches it. */
function refuseStaticAddress({ configuration, target }: ConfiguredApplication): void {
  const { address } = configuration;
  if (address.kind === "dhcp" || networkDevices(configuration, target).length === 0) return;
  const { value, span } = address.address;
  throw new MirageError(
    "ERR_MIRAGE_EC2_STATIC_ADDRESS",
    `the program has the fixed address ${value}, and EC2 gives each instance its own by DHCP: nobody could reach it`,
    {
      hint: "write `ip-use-dhcp: true` in place of the other `ip-` keys, configure and build again; or give --static-address if your network hands out exactly this one",
      ...(span ? { span } : {}),
    },
  );
}

function sentence({ image, region, name, created }: PublishedImage): string {
  return `${image}  ${region}  ${name}${created ? "" : "  (was there already)"}`;
}

function printPlan(plan: PublishPlan, options: PublishEc2Options): void {
  if (options.json || options.output === "json") {
    print(JSON.stringify(plan, undefined, 2));
    return;
  }
  print(
    table(
      plan.calls.map(({ action, region, times, what, costs }) => [
        costs ? "costs" : "",
        times > 1 ? `${action} × ${times}` : action,
        region,
        costs ? `${what} (${costs})` : what,
      ]),
    ),
  );
}
