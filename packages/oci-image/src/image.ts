import { type Blob, blobOf, descriptorOf, jsonBlob } from "./blob.js";
import { type TarEntry, tar } from "./tar.js";

/** What an image is made of. */
export interface ImageRequest {
  /** As Go names it: `amd64`, `arm64`. */
  readonly architecture: string;
  /** The files of its one layer, each behind the folders that it lies in. */
  readonly files: readonly TarEntry[];
  /** How it is run; all but the files may be left out. */
  readonly config?: RunConfig;
  /** Of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A part of what the image specification has under `config`. */
export interface RunConfig {
  readonly entrypoint?: readonly string[];
  /** `USER:GROUP`, in numbers. */
  readonly user?: string;
  readonly environment?: readonly string[];
  /** `80/tcp`. */
  readonly ports?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** An image, whose octets depend on its request and on the content of the files alone. */
export interface Image {
  /** The name of the whole. */
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layer: Blob;
}

const mediaTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const;

/**
 * An image of one layer, as the OCI image specification 1.1 has it. The layer is not compressed: what
 * compressors write differs from version to version.
 */
export async function composeImage({
  architecture,
  files,
  config = {},
  annotations,
}: ImageRequest): Promise<Image> {
  const layer = await blobOf(mediaTypes.layer, () => tar(files));
  const configBlob = await jsonBlob(mediaTypes.config, {
    architecture,
    os: "linux",
    config: runConfig(config),
    rootfs: { type: "layers", diff_ids: [layer.digest] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "mirage image" }],
  });
  const manifest = await jsonBlob(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptorOf(configBlob),
    layers: [descriptorOf(layer)],
    ...(annotations ? { annotations } : {}),
  });
  return { manifest, config: configBlob, layer };
}

function runConfig({ entrypoint, user, environment, ports, labels }: RunConfig) {
  return {
    ...(user === undefined ? {} : { User: user }),
    ...(ports ? { ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])) } : {}),
    ...(environment ? { Env: environment } : {}),
    ...(entrypoint ? { Entrypoint: entrypoint } : {}),
    WorkingDir: "/",
    ...(labels ? { Labels: labels } : {}),
  };
}
