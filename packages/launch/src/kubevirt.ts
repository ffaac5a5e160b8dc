import type { Configuration } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import type { Data, DeploymentRequest, Metadata } from "./kubernetes.js";
import { httpPort } from "./told.js";

/** What `mirage run` gives a virtual machine as well. */
const memory = "64Mi";

/**
 * The virtual machines of KubeVirt that boot the disk of a kernel, as many as wanted: each is one of a
 * VirtualMachinePool. A probe connects to the port of a web server.
 * @throws MirageError `ERR_MIRAGE_DEPLOY_ADDRESS` unless the program asks for its address by DHCP;
 * `ERR_MIRAGE_DEPLOY_WORDS` for words, which only the disk can have
 */
export function virtualMachinePool(
  configuration: Configuration,
  metadata: Metadata,
  { image, replicas, args }: DeploymentRequest,
): Data {
  const name = configuration.name.value;
  if (configuration.address.kind !== "dhcp") {
    throw new MirageError(
      "ERR_MIRAGE_DEPLOY_ADDRESS",
      `${name} has an address of its own, and would not have the one that Kubernetes gives it`,
      { hint: "write `ip-use-dhcp: true`, build it and publish its disk again" },
    );
  }
  if (args.length > 0) {
    throw new MirageError("ERR_MIRAGE_DEPLOY_WORDS", `${name} boots from a disk, without words`, {
      hint: "give its `argument-NAME` a default, or deploy the program of --socket",
    });
  }
  const port = httpPort(configuration, { args });
  const { labels } = metadata;
  const probe = port === undefined ? undefined : { tcpSocket: { port } };
  return {
    apiVersion: "pool.kubevirt.io/v1alpha1",
    kind: "VirtualMachinePool",
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: labels },
      virtualMachineTemplate: {
        metadata: { labels },
        spec: {
          runStrategy: "Always",
          template: {
            metadata: { labels },
            spec: {
              domain: {
                memory: { guest: memory },
                devices: {
                  autoattachGraphicsDevice: false,
                  autoattachMemBalloon: false,
                  disks: [{ name: "disk", disk: { bus: "virtio" } }],
                  interfaces: [
                    {
                      name: "default",
                      masquerade: {},
                      ...(port === undefined ? {} : { ports: [{ name: "http", port }] }),
                    },
                  ],
                  rng: {},
                },
              },
              networks: [{ name: "default", pod: {} }],
              volumes: [{ name: "disk", containerDisk: { image } }],
              ...(probe ? { readinessProbe: probe, livenessProbe: probe } : {}),
            },
          },
        },
      },
    },
  };
}
