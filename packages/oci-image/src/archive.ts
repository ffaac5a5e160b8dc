import { type Blob, bytesOf, descriptorOf, jsonBlob } from "./blob.js";
import type { Image } from "./image.js";
import { type TarContent, type TarEntry, tar } from "./tar.js";

/**
 * The octets of a tar archive that is both an OCI image layout (`skopeo copy oci-archive:`, `podman
 * load`, `ctr image import`) and what `docker load` takes. `reference` is its name there: `www:latest`.
 */
export async function* archive(image: Image, reference: string): AsyncGenerator<Uint8Array, void> {
  const [files, layer] = await layoutFiles(image, reference);
  const docker = [
    {
      Config: blobPath(image.config),
      RepoTags: [reference],
      Layers: [blobPath(image.layer)],
    },
  ];
  const folder = (path: string): TarEntry => ({ path, mode: 0o755 });
  const file = (path: string, content: TarContent): TarEntry => ({ path, mode: 0o644, content });
  yield* tar([
    folder("blobs"),
    folder("blobs/sha256"),
    ...[...files].map(([path, content]) => file(path, content)),
    file("manifest.json", Buffer.from(JSON.stringify(docker))),
    file(blobPath(layer), layer),
  ]);
}

/** The files of an image layout by their paths, and the layer, which can be large. */
export async function layoutFiles(
  { manifest, config, layer }: Image,
  reference: string,
): Promise<[files: ReadonlyMap<string, Uint8Array>, layer: Blob]> {
  const index = await jsonBlob("application/vnd.oci.image.index.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        ...descriptorOf(manifest),
        annotations: {
          "io.containerd.image.name": reference,
          "org.opencontainers.image.ref.name": reference.replace(/^.*:/, ""),
        },
      },
    ],
  });
  return [
    new Map([
      ["oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
      ["index.json", await bytesOf(index)],
      [blobPath(manifest), await bytesOf(manifest)],
      [blobPath(config), await bytesOf(config)],
    ]),
    layer,
  ];
}

export function blobPath({ digest }: Blob): string {
  return `blobs/${digest.replace(":", "/")}`;
}
