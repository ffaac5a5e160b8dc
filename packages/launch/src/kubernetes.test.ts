import { execFileSync, spawnSync } from "node:child_process";
import { parseConf } from "@mirage/conf";
import { type Target, targets } from "@mirage/types";
import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service } from "kubernetes-models/v1";
import { expect, test } from "vitest";
import { type Data, kubernetesObjects, yamlDocuments } from "./kubernetes.js";

function objects(text: string, args: readonly string[] = [], target = "unix-socket"): Data[] {
  const { configuration } = parseConf(text, "My_Shop.conf");
  const found: Target | undefined = targets.find(({ name }) => name === target);
  if (!configuration || !found) throw new Error(text);
  return kubernetesObjects(configuration, found, { image: "r.example/shop:1", replicas: 2, args });
}

const site = "main-http: A.b\nhttp-port: 80\nhttp-address: *";

test("a web server gets a port of its own, and is reached on the one of the .conf file", () => {
  const [deployment, service, ...others] = objects(site, ["--log-level", "debug"]);
  expect(deployment).toMatchObject({
    metadata: { name: "my-shop" },
    spec: {
      template: {
        spec: {
          containers: [
            {
              image: "r.example/shop:1",
              args: ["--log-level", "debug", "--http-port", "8080"],
              ports: [{ containerPort: 8080 }],
            },
          ],
        },
      },
    },
  });
  expect(service).toMatchObject({ spec: { ports: [{ port: 80, targetPort: "http" }] } });
  expect(others).toMatchObject([
    { kind: "HorizontalPodAutoscaler", spec: { minReplicas: 2 } },
    { kind: "PodDisruptionBudget" },
  ]);
});

test("what serves nothing is a Deployment alone", () => {
  const [deployment, ...others] = objects("main-noip: A.b");
  expect(deployment).toMatchObject({ spec: { replicas: 2 } });
  expect(others).toEqual([]);
});

test("the objects are what the published schemas say", () => {
  const [deployment, service, autoscaler, budget] = objects(site, ["--log-level", "debug"]);
  new Deployment(deployment as never).validate();
  new Service(service as never).validate();
  new HorizontalPodAutoscaler(autoscaler as never).validate();
  new PodDisruptionBudget(budget as never).validate();
});

const kernel = `${site}\nip-use-dhcp: true`;

test("a kernel is a pool of virtual machines on its disk, reached by a Service", () => {
  const [pool, service, ...others] = objects(kernel, [], "virtio");
  expect(pool).toMatchObject({
    kind: "VirtualMachinePool",
    spec: {
      replicas: 2,
      virtualMachineTemplate: {
        spec: {
          template: {
            spec: {
              domain: { devices: { interfaces: [{ ports: [{ port: 80 }] }] } },
              volumes: [{ name: "disk", containerDisk: { image: "r.example/shop:1" } }],
              readinessProbe: { tcpSocket: { port: 80 } },
            },
          },
        },
      },
    },
  });
  expect(service).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 80 }] } });
  new Service(service as never).validate();
  expect(others).toEqual([]);
  expect(objects("main-app: A.B (stack)\nip-use-dhcp: true", [], "virtio")).toHaveLength(1);
});

test.each([
  [site, [], "ERR_MIRAGE_DEPLOY_ADDRESS"],
  [kernel, ["--log-level", "debug"], "ERR_MIRAGE_DEPLOY_WORDS"],
])(
  "a kernel cannot be deployed that nobody would reach, or told what it will not hear",
  (text, args, code) => {
    expect(() => objects(text, args, "virtio")).toThrow(expect.objectContaining({ code }));
  },
);

const hasPython = spawnSync("python3", ["-c", "import yaml"]).status === 0;

test.runIf(hasPython)("another reader of YAML finds the same data", () => {
  const strange = {
    a: ["true", "1", "x: y", "", 'a "b"', "#"],
    b: [],
    "80": [{ c: 1, d: [true] }],
  };
  const all = [...objects(site), strange];
  const script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
  const read = execFileSync("python3", ["-c", script], { input: yamlDocuments(all) });
  expect(JSON.parse(read.toString())).toEqual(all);
});

test("what needs a TAP device of the host cannot be deployed", () => {
  expect(() => objects(site, [], "unix-direct")).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_DEPLOY_TARGET" }),
  );
});
