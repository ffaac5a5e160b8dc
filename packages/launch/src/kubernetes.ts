import type { Configuration } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import type { Target } from "@mirage/types";
import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { IService } from "kubernetes-models/v1";
import { virtualMachinePool } from "./kubevirt.js";
import { httpPort } from "./told.js";

export interface DeploymentRequest {
  /** The container image's name in its registry. */
  readonly image: string;
  /** How many run at least. */
  readonly replicas: number;
  /** Words for the program. */
  readonly args: readonly string[];
}

/** A value that JSON and YAML can write. */
export type Data = string | number | boolean | readonly Data[] | { readonly [key: string]: Data };

/** Nobody's user on no system, as in the image. */
const user = 65_532;

/** Where a server listens that is to have a port below 1024, which would take root. */
const unprivileged = 8080;

/**
 * The objects of Kubernetes 1.23 or later that run an application: a Deployment, and where it serves HTTP a
 * Service, an autoscaler by the processor's load, and a budget for disruptions. For the disk of a kernel, a
 * pool of KubeVirt's virtual machines and that Service.
 * @throws MirageError `ERR_MIRAGE_DEPLOY_TARGET`, or as `virtualMachinePool` does
 */
export function kubernetesObjects(
  configuration: Configuration,
  target: Target,
  request: DeploymentRequest,
): Data[] {
  if (target.link.static) return containers(configuration, request);
  if (target.link.mode === "object") return machines(configuration, request);
  throw new MirageError(
    "ERR_MIRAGE_DEPLOY_TARGET",
    `${configuration.name.value} is configured for ${target.doc}, which is no container`,
    { hint: "`mirage configure --socket` makes it one: see `mirage image --oci`" },
  );
}

function machines(configuration: Configuration, request: DeploymentRequest): Data[] {
  const metadata = metadataOf(configuration);
  const pool = virtualMachinePool(configuration, metadata, request);
  const port = httpPort(configuration, request);
  return port === undefined ? [pool] : [pool, service(metadata, port, port)];
}

function containers(
  configuration: Configuration,
  { image, replicas, args }: DeploymentRequest,
): Data[] {
  const metadata = metadataOf(configuration);
  const { name, labels } = metadata;
  const outer = httpPort(configuration, { args });
  const inner = outer !== undefined && outer < 1024 ? unprivileged : outer;
  const told = outer === inner ? args : [...args, "--http-port", `${inner}`];
  const container = {
    name,
    image,
    ...(told.length > 0 ? { args: [...told] } : {}),
    env: [{ name: "MIRAGE_SANDBOX", value: "socket" }],
    ...(inner === undefined
      ? {}
      : {
          ports: [{ name: "http", containerPort: inner }],
          readinessProbe: { tcpSocket: { port: "http" } },
          livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 20 },
        }),
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    securityContext: {
      runAsUser: user,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      ...(outer === undefined ? { replicas } : {}), // otherwise the autoscaler says how many
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { automountServiceAccountToken: false, containers: [container] },
      },
    },
  } satisfies IDeployment;
  if (outer === undefined) return [deployment];
  return [
    deployment,
    service(metadata, outer, "http"),
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: replicas,
        maxReplicas: 5 * replicas,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
          },
        ],
      },
    } satisfies IHorizontalPodAutoscaler,
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    } satisfies IPodDisruptionBudget,
  ];
}

/** What an application's objects are called, and the label by which they find each other. */
export type Metadata = {
  readonly name: string;
  readonly labels: { readonly "app.kubernetes.io/name": string };
};

function metadataOf(configuration: Configuration): Metadata {
  const name = objectName(configuration.name.value);
  return { name, labels: { "app.kubernetes.io/name": name } };
}

function service(metadata: Metadata, port: number, targetPort: number | string): Data {
  const { labels: selector } = metadata;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { selector, ports: [{ name: "http", port, targetPort }] },
  } satisfies IService;
}

/** A label of RFC 1123: what objects and containers are called. */
function objectName(name: string): string {
  const label = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 63);
  return label === "" ? "app" : label;
}

/** YAML 1.2 documents, in which every string is as JSON writes it. */
export function yamlDocuments(documents: readonly Data[]): string {
  return documents.map((data) => `---\n${lines(data).join("\n")}\n`).join("");
}

function lines(data: Data): string[] {
  if (Array.isArray(data)) {
    return data.flatMap((item: Data) => {
      const [first = "", ...others] = lines(item);
      return [`- ${first}`, ...others.map((line) => `  ${line}`)];
    });
  }
  if (typeof data === "object") {
    return Object.entries(data).flatMap(([key, value]) => {
      const isNested = typeof value === "object" && Object.keys(value).length > 0;
      if (!isNested)
        return [
          `${scalar(key)}: ${typeof value === "object" ? JSON.stringify(value) : scalar(value)}`,
        ];
      return [`${scalar(key)}:`, ...lines(value).map((line) => `  ${line}`)];
    });
  }
  return [scalar(data)];
}

/** Words that are no number, date or word of YAML's own need no quotes. */
function scalar(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const isPlain = /^[A-Za-z][A-Za-z0-9./-]*$/.test(value);
  const isWord = /^(true|false|yes|no|on|off|y|n|null)$/i.test(value);
  return isPlain && !isWord ? value : JSON.stringify(value);
}
