import { type Call, Refusal } from "./answer.js";
import type { Tags } from "./region.js";

const version = "2016-11-15";
const tagSpecification = /^TagSpecification\.\d+\.(ResourceType|Tag\.\d+\.(Key|Value))$/;
const filter = /^Filter\.\d+\.(Name|Value\.\d+)$/;
const page = /^(NextToken|MaxResults)$/;

/** The parameters that an action knows. Others are refused, as EC2 does. */
const known: Readonly<Record<string, readonly RegExp[]>> = {
  DescribeImages: [/^Owner\.\d+$/, /^ImageId\.\d+$/, filter, page],
  DescribeSnapshots: [/^Owner\.\d+$/, /^SnapshotId\.\d+$/, filter, page],
  DescribeInstances: [/^InstanceId\.\d+$/, filter, page],
  DescribeRegions: [/^RegionName\.\d+$/, /^AllRegions$/, filter],
  DescribeImageAttribute: [/^ImageId$/, /^Attribute$/],
  RegisterImage: [
    /^(Name|Description|Architecture|VirtualizationType|RootDeviceName|BootMode|EnaSupport|ImdsSupport)$/,
    /^BlockDeviceMapping\.\d+\.(DeviceName|Ebs\.(SnapshotId|VolumeType|VolumeSize|DeleteOnTermination))$/,
    tagSpecification,
  ],
  CopyImage: [
    /^(ClientToken|Name|Description|SourceImageId|SourceRegion|CopyImageTags|Encrypted|KmsKeyId)$/,
    tagSpecification,
  ],
  ModifyImageAttribute: [
    /^(ImageId|Attribute|OperationType)$/,
    /^LaunchPermission\.(Add|Remove)\.\d+\.(UserId|Group|OrganizationArn|OrganizationalUnitArn)$/,
  ],
  EnableImageDeprecation: [/^(ImageId|DeprecateAt)$/],
  DeregisterImage: [/^(ImageId|DeleteAssociatedSnapshots)$/],
  DeleteSnapshot: [/^SnapshotId$/],
  RunInstances: [
    /^(ImageId|InstanceType|MinCount|MaxCount|KeyName|SubnetId|ClientToken)$/,
    /^SecurityGroupId\.\d+$/,
    tagSpecification,
  ],
  GetConsoleOutput: [/^(InstanceId|Latest)$/],
  TerminateInstances: [/^InstanceId\.\d+$/],
};

/** The parameters of a call of EC2's query protocol. */
export class Parameters {
  readonly action: string;
  readonly #values: ReadonlyMap<string, string>;

  constructor({ method, headers, body }: Call) {
    const type = headers["content-type"] ?? "";
    if (method !== "POST" || !type.startsWith("application/x-www-form-urlencoded"))
      throw new Refusal("InvalidRequest", `${method} with ${type}`);
    const values = new Map(new URLSearchParams(body.toString("utf8")));
    this.action = values.get("Action") ?? "";
    const patterns = known[this.action];
    if (!patterns) throw new Refusal("InvalidAction", `The action ${this.action} is not valid`);
    if (values.get("Version") !== version) throw new Refusal("NoSuchVersion", "Version");
    for (const name of values.keys()) {
      if (name === "Action" || name === "Version") continue;
      if (!patterns.some((pattern) => pattern.test(name)))
        throw new Refusal("UnknownParameter", `The parameter ${name} is not recognized`);
    }
    this.#values = values;
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  require(name: string): string {
    const value = this.#values.get(name);
    if (!value)
      throw new Refusal("MissingParameter", `The request must contain the parameter ${name}`);
    return value;
  }

  /** The values of `NAME.1`, `NAME.2` … */
  list(name: string): string[] {
    const values: string[] = [];
    for (let n = 1; this.#values.has(`${name}.${n}`); n++)
      values.push(this.require(`${name}.${n}`));
    return values;
  }

  /** The members of `NAME.1.…`, `NAME.2.…` */
  structures(name: string): Map<string, string>[] {
    const structures: Map<string, string>[] = [];
    for (let n = 1; ; n++) {
      const prefix = `${name}.${n}.`;
      const members = [...this.#values].filter(([key]) => key.startsWith(prefix));
      if (members.length === 0) return structures;
      structures.push(new Map(members.map(([key, value]) => [key.slice(prefix.length), value])));
    }
  }

  /** The tags for a type of resource. */
  tags(type: string): Tags {
    const tags: [string, string][] = [];
    for (const specification of this.structures("TagSpecification")) {
      if (specification.get("ResourceType") !== type) continue;
      for (let n = 1; specification.has(`Tag.${n}.Key`); n++)
        tags.push([
          specification.get(`Tag.${n}.Key`) ?? "",
          specification.get(`Tag.${n}.Value`) ?? "",
        ]);
    }
    return Object.fromEntries(tags);
  }

  /** Whether something passes all filters; `facts` are its values by the names of filters. */
  passes(facts: Readonly<Record<string, readonly string[]>>, tags: Tags): boolean {
    return this.structures("Filter").every((filter) => {
      const name = filter.get("Name") ?? "";
      const wanted = [...filter]
        .filter(([key]) => key.startsWith("Value."))
        .map(([, value]) => value);
      const found =
        name === "tag-key"
          ? Object.keys(tags)
          : name.startsWith("tag:")
            ? [tags[name.slice(4)]]
            : facts[name];
      if (!found) throw new Refusal("InvalidParameterValue", `The filter '${name}' is invalid`);
      return found.some((value) => value !== undefined && wanted.includes(value));
    });
  }
}
