import { type Answer, type Call, Refusal } from "./answer.js";
import { Parameters } from "./parameters.js";
import type { FakeImage, FakeInstance, FakeSnapshot, Region, Tags } from "./region.js";
import { toXml, type Xml } from "./xml.js";

const namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
const owner = "123456789012";

export interface Ec2Settings {
  /** How often something new is looked at until it is ready. */
  looks(): number;
  /** What happens to the next image that is registered or copied. */
  fateOfImage(): "available" | "failed";
  fateOfSnapshot(): "completed" | "error";
  readonly consoleOutput: string;
}

/** The actions of EC2 that mirage uses (query protocol with XML, version 2016-11-15), strictly. */
export class Ec2 {
  readonly #region: (name: string) => Region;
  readonly #regionNames: readonly string[];
  readonly #newId: (prefix: string) => string;
  readonly #settings: Ec2Settings;

  constructor(
    region: (name: string) => Region,
    regionNames: readonly string[],
    newId: (prefix: string) => string,
    settings: Ec2Settings,
  ) {
    this.#region = region;
    this.#regionNames = regionNames;
    this.#newId = newId;
    this.#settings = settings;
  }

  actionOf(call: Call): string {
    return `ec2:${new Parameters(call).action}`;
  }

  handle(action: string, call: Call, region: Region, requestId: string): Answer {
    const parameters = new Parameters(call);
    const name = action.slice("ec2:".length);
    const content = this.#perform(name, parameters, region);
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}Response xmlns="${namespace}"><requestId>${requestId}</requestId>${toXml(content)}</${name}Response>`;
    return { status: 200, headers: { "content-type": "text/xml;charset=UTF-8" }, body };
  }

  refuse({ code, message, status }: Refusal, requestId: string): Answer {
    const error = toXml({
      Errors: { Error: { Code: code, Message: message } },
      RequestID: requestId,
    });
    return {
      status,
      headers: { "content-type": "text/xml;charset=UTF-8" },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${error}</Response>`,
    };
  }

  #perform(name: string, parameters: Parameters, region: Region): Xml {
    switch (name) {
      case "DescribeImages":
        return this.#describeImages(parameters, region);
      case "DescribeSnapshots":
        return this.#describeSnapshots(parameters, region);
      case "DescribeInstances":
        return this.#describeInstances(parameters, region);
      case "DescribeRegions":
        return {
          regionInfo: this.#regionNames.map((regionName) => ({
            regionName,
            regionEndpoint: `ec2.${regionName}.amazonaws.com`,
            optInStatus: "opt-in-not-required",
          })),
        };
      case "DescribeImageAttribute":
        return describePermissions(parameters, region);
      case "RegisterImage":
        return this.#registerImage(parameters, region);
      case "CopyImage":
        return this.#copyImage(parameters, region);
      case "ModifyImageAttribute":
        return modifyPermissions(parameters, region);
      case "EnableImageDeprecation": {
        const image = imageOf(region, parameters.require("ImageId"));
        image.deprecated = parameters.require("DeprecateAt");
        return { return: true };
      }
      case "DeregisterImage":
        return deregisterImage(parameters, region);
      case "DeleteSnapshot":
        return deleteSnapshot(parameters.require("SnapshotId"), region);
      case "RunInstances":
        return this.#runInstances(parameters, region);
      case "GetConsoleOutput":
        return this.#consoleOutput(parameters, region);
      default:
        return terminate(parameters, region);
    }
  }

  #describeImages(parameters: Parameters, region: Region): Xml {
    ownOnly(parameters);
    const wanted = parameters.list("ImageId");
    for (const id of wanted) imageOf(region, id);
    const images = [...region.images.values()].filter((image) => {
      const facts = {
        name: [image.name],
        state: [image.state],
        "image-id": [image.id],
        "block-device-mapping.snapshot-id": [image.snapshot],
      };
      return (
        (wanted.length === 0 || wanted.includes(image.id)) && parameters.passes(facts, image.tags)
      );
    });
    return {
      imagesSet: images.map((image) => {
        ripen(image, () => {
          image.state = this.#settings.fateOfImage();
          if (image.state === "failed") image.stateMessage = "a fault of the test";
        });
        return imageXml(image, region);
      }),
    };
  }

  #describeSnapshots(parameters: Parameters, region: Region): Xml {
    ownOnly(parameters);
    const wanted = parameters.list("SnapshotId");
    for (const id of wanted) snapshotOf(region, id);
    const snapshots = [...region.snapshots.values()].filter((snapshot) => {
      const facts = { "snapshot-id": [snapshot.id], status: [statusOf(snapshot)] };
      return (
        (wanted.length === 0 || wanted.includes(snapshot.id)) &&
        parameters.passes(facts, snapshot.tags)
      );
    });
    return {
      snapshotSet: snapshots.map((snapshot) => {
        if (snapshot.state === "sealed" && snapshot.looksLeft-- <= 0) {
          snapshot.state = this.#settings.fateOfSnapshot();
          if (snapshot.state === "error") snapshot.stateMessage = "a fault of the test";
        }
        return snapshotXml(snapshot);
      }),
    };
  }

  #registerImage(parameters: Parameters, region: Region): Xml {
    const name = parameters.require("Name");
    checkName(name, region);
    const root = parameters.require("RootDeviceName");
    const mapping = parameters
      .structures("BlockDeviceMapping")
      .find((one) => one.get("DeviceName") === root);
    const snapshot = snapshotOf(region, mapping?.get("Ebs.SnapshotId") ?? "");
    if (snapshot.state !== "completed")
      throw new Refusal("InvalidParameterValue", `${snapshot.id} is not completed`);
    const volumeType = mapping?.get("Ebs.VolumeType") ?? "standard";
    if (!["standard", "gp2", "gp3", "io1", "io2"].includes(volumeType))
      throw new Refusal("InvalidParameterValue", `Ebs.VolumeType ${volumeType}`);
    const id = this.#newId("ami");
    region.images.set(id, {
      id,
      name,
      attributes: {
        description: parameters.get("Description") ?? "",
        architecture: parameters.get("Architecture") ?? "i386",
        virtualizationType: parameters.get("VirtualizationType") ?? "paravirtual",
        bootMode: parameters.get("BootMode") ?? "",
        enaSupport: parameters.get("EnaSupport") ?? "false",
        imdsSupport: parameters.get("ImdsSupport") ?? "",
        rootDeviceName: root,
        deleteOnTermination: mapping?.get("Ebs.DeleteOnTermination") ?? "false",
        volumeType,
      },
      snapshot: snapshot.id,
      created: new Date(),
      tags: parameters.tags("image"),
      state: "pending",
      looksLeft: this.#settings.looks(),
      launchPermissions: new Set(),
    });
    return { imageId: id };
  }

  #copyImage(parameters: Parameters, region: Region): Xml {
    const token = parameters.require("ClientToken");
    const earlier = region.otherTokens.get(token);
    if (earlier) return { imageId: earlier };
    const source = imageOf(
      this.#region(parameters.require("SourceRegion")),
      parameters.require("SourceImageId"),
    );
    if (source.state !== "available") throw new Refusal("InvalidAMIID.Unavailable", source.id);
    checkName(parameters.require("Name"), region);
    const original = snapshotOf(this.#region(parameters.require("SourceRegion")), source.snapshot);
    const snapshotId = this.#newId("snap");
    const encryption =
      parameters.get("Encrypted") === "true"
        ? (parameters.get("KmsKeyId") ?? "default")
        : original.encryption;
    region.snapshots.set(snapshotId, {
      ...original,
      ...(encryption ? { encryption } : {}),
      id: snapshotId,
      description: `Copied for ${source.id}`,
      tags: parameters.tags("snapshot"),
      state: "completed",
      blocks: new Map(original.blocks),
    });
    const id = this.#newId("ami");
    region.images.set(id, {
      ...source,
      id,
      name: parameters.require("Name"),
      snapshot: snapshotId,
      created: new Date(),
      tags: parameters.tags("image"),
      state: "pending",
      looksLeft: this.#settings.looks(),
      launchPermissions: new Set(),
    });
    region.otherTokens.set(token, id);
    return { imageId: id };
  }

  #runInstances(parameters: Parameters, region: Region): Xml {
    const token = parameters.require("ClientToken");
    const image = imageOf(region, parameters.require("ImageId"));
    if (image.state !== "available") throw new Refusal("InvalidAMIID.Unavailable", image.id);
    for (const name of ["MinCount", "MaxCount"]) {
      if (parameters.require(name) !== "1") throw new Refusal("InvalidParameterValue", name);
    }
    for (const group of parameters.list("SecurityGroupId")) {
      if (!/^sg-[0-9a-f]+$/.test(group)) throw new Refusal("InvalidGroupId.Malformed", group);
    }
    const id = region.otherTokens.get(token) ?? this.#newId("i");
    if (!region.otherTokens.has(token)) {
      region.otherTokens.set(token, id);
      region.instances.set(id, {
        id,
        image: image.id,
        parameters: {
          instanceType: parameters.require("InstanceType"),
          keyName: parameters.get("KeyName") ?? "",
          subnetId: parameters.get("SubnetId") ?? "",
          securityGroups: parameters.list("SecurityGroupId").join(" "),
        },
        launched: new Date(),
        tags: parameters.tags("instance"),
        state: "pending",
        looksLeft: this.#settings.looks(),
      });
    }
    return {
      reservationId: "r-1",
      ownerId: owner,
      instancesSet: [instanceXml(instanceOf(region, id))],
    };
  }

  #describeInstances(parameters: Parameters, region: Region): Xml {
    const wanted = parameters.list("InstanceId");
    for (const id of wanted) instanceOf(region, id);
    const instances = [...region.instances.values()].filter((instance) => {
      const facts = { "instance-state-name": [instance.state], "image-id": [instance.image] };
      return (
        (wanted.length === 0 || wanted.includes(instance.id)) &&
        parameters.passes(facts, instance.tags)
      );
    });
    return {
      reservationSet: instances.map((instance) => {
        ripen(instance, () => {
          instance.state = "running";
        });
        return { reservationId: "r-1", ownerId: owner, instancesSet: [instanceXml(instance)] };
      }),
    };
  }

  #consoleOutput(parameters: Parameters, region: Region): Xml {
    const instance = instanceOf(region, parameters.require("InstanceId"));
    if (parameters.get("Latest") === "true")
      throw new Refusal(
        "UnsupportedOperation",
        "This instance type does not support retrieving the latest console logs",
      );
    const isThere = instance.state !== "pending" && instance.looksLeft-- <= 0;
    return {
      instanceId: instance.id,
      timestamp: new Date().toISOString(),
      output: isThere ? Buffer.from(this.#settings.consoleOutput).toString("base64") : undefined,
    };
  }
}

/** Lets something pending become what it is to be, after it was looked at often enough. */
function ripen(thing: { state: string; looksLeft: number }, become: () => void): void {
  if (thing.state === "pending" && thing.looksLeft-- <= 0) become();
}

function describePermissions(parameters: Parameters, region: Region): Xml {
  const image = imageOf(region, parameters.require("ImageId"));
  return {
    imageId: image.id,
    launchPermission: [...image.launchPermissions].map((permission) => {
      const [kind = "", value = ""] = permission.split("=");
      return { [kind.charAt(0).toLowerCase() + kind.slice(1)]: value };
    }),
  };
}

function modifyPermissions(parameters: Parameters, region: Region): Xml {
  const image = imageOf(region, parameters.require("ImageId"));
  for (const permission of parameters.structures("LaunchPermission.Add")) {
    for (const [kind, value] of permission) {
      if (kind === "UserId" && !/^\d{12}$/.test(value))
        throw new Refusal("InvalidAMIAttributeItemValue", value);
      image.launchPermissions.add(`${kind}=${value}`);
    }
  }
  return { return: true };
}

function deregisterImage(parameters: Parameters, region: Region): Xml {
  const image = imageOf(region, parameters.require("ImageId"));
  region.images.delete(image.id);
  if (parameters.get("DeleteAssociatedSnapshots") !== "true") return { return: true };
  deleteSnapshot(image.snapshot, region);
  return {
    return: true,
    deleteSnapshotResultSet: [{ snapshotId: image.snapshot, returnCode: "success" }],
  };
}

function deleteSnapshot(id: string, region: Region): Xml {
  snapshotOf(region, id);
  const user = [...region.images.values()].find(({ snapshot }) => snapshot === id);
  if (user) throw new Refusal("InvalidSnapshot.InUse", `${id} is currently in use by ${user.id}`);
  region.snapshots.delete(id);
  return { return: true };
}

function terminate(parameters: Parameters, region: Region): Xml {
  const instances = parameters.list("InstanceId").map((id) => instanceOf(region, id));
  return {
    instancesSet: instances.map((instance) => {
      instance.state = "terminated";
      return {
        instanceId: instance.id,
        currentState: { code: 48, name: "terminated" },
        previousState: { code: 16, name: "running" },
      };
    }),
  };
}

function checkName(name: string, region: Region): void {
  if (!/^[\w()[\] ./'@-]{3,128}$/.test(name)) throw new Refusal("InvalidAMIName.Malformed", name);
  for (const image of region.images.values()) {
    if (image.name === name)
      throw new Refusal(
        "InvalidAMIName.Duplicate",
        `AMI name ${name} is already in use by AMI ${image.id}`,
      );
  }
}

function ownOnly(parameters: Parameters): void {
  if (parameters.list("Owner").join() !== "self")
    throw new Refusal("InvalidParameterValue", "without Owner.1=self this lists the whole world's");
}

function snapshotOf(region: Region, id: string): FakeSnapshot {
  const snapshot = region.snapshots.get(id);
  if (snapshot) return snapshot;
  throw new Refusal("InvalidSnapshot.NotFound", `The snapshot '${id}' does not exist.`);
}

function imageOf(region: Region, id: string): FakeImage {
  const image = region.images.get(id);
  if (image) return image;
  throw new Refusal("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
}

function instanceOf(region: Region, id: string): FakeInstance {
  const instance = region.instances.get(id);
  if (instance) return instance;
  throw new Refusal("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
}

function statusOf({ state }: FakeSnapshot): string {
  return state === "open" || state === "sealed" ? "pending" : state;
}

function snapshotXml(snapshot: FakeSnapshot): Xml {
  return {
    snapshotId: snapshot.id,
    status: statusOf(snapshot),
    statusMessage: snapshot.stateMessage,
    progress: snapshot.state === "completed" ? "100%" : "40%",
    startTime: snapshot.started.toISOString(),
    volumeSize: snapshot.volumeSize,
    ownerId: owner,
    description: snapshot.description,
    encrypted: snapshot.encryption !== undefined,
    kmsKeyId: snapshot.encryption,
    tagSet: tagsXml(snapshot.tags),
  };
}

function imageXml(image: FakeImage, region: Region): Xml {
  const {
    volumeType = "",
    deleteOnTermination = "",
    rootDeviceName = "",
    imdsSupport,
    ...rest
  } = image.attributes;
  const encrypted = region.snapshots.get(image.snapshot)?.encryption !== undefined;
  return {
    imageId: image.id,
    imageState: image.state,
    name: image.name,
    ...rest,
    imdsSupport: imdsSupport || undefined,
    deprecationTime: image.deprecated,
    rootDeviceName,
    rootDeviceType: "ebs",
    hypervisor: "xen",
    imageOwnerId: owner,
    isPublic: image.launchPermissions.has("Group=all"),
    creationDate: image.created.toISOString(),
    stateReason: image.stateMessage
      ? { code: "Client.InvalidSnapshot", message: image.stateMessage }
      : undefined,
    blockDeviceMapping: [
      {
        deviceName: rootDeviceName,
        ebs: { snapshotId: image.snapshot, volumeType, deleteOnTermination, encrypted },
      },
    ],
    tagSet: tagsXml(image.tags),
  };
}

function instanceXml(instance: FakeInstance): Xml {
  const codes = { pending: 0, running: 16, terminated: 48 };
  const isRunning = instance.state === "running";
  return {
    instanceId: instance.id,
    imageId: instance.image,
    instanceType: instance.parameters.instanceType,
    keyName: instance.parameters.keyName,
    launchTime: instance.launched.toISOString(),
    instanceState: { code: codes[instance.state], name: instance.state },
    ipAddress: isRunning ? "203.0.113.7" : undefined,
    privateIpAddress: "10.0.0.7",
    tagSet: tagsXml(instance.tags),
  };
}

function tagsXml(tags: Tags): Xml {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
