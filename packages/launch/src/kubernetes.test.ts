import { execFileSync, spawnSync } from "node:child_process";
import { parseConf } from "@mirage/conf";
import { type Target, targets } from "@mirage/types";
import { expect, test } from "vitest";
import { type Data, kubernetesObjects, yamlDocuments } from "./kubernetes.js";

const socket: Target = targets.find(({ name }) => name === "unix-socket") ?? targets[1];

function objects(text: string, args: readonly string[] = []): Data[] {
  const { configuration } = parseConf(text, "My_Shop.conf");
  if (!configuration) throw new Error(text);
  return kubernetesObjects(configuration, socket, { image: "r.example/shop:1", replicas: 2, args });
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

test("only containers can be deployed", () => {
  const { configuration } = parseConf(site, "a.conf");
  if (!configuration) throw new Error("no configuration");
  const xen = targets.find(({ name }) => name === "xen") ?? targets[0];
  const request = { image: "x", replicas: 1, args: [] };
  expect(() => kubernetesObjects(configuration, xen, request)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_DEPLOY_TARGET" }),
  );
});
