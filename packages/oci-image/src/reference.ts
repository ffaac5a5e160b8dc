import { MirageError } from "@mirage/diagnostics";

/** Where an image is in a registry. */
export interface Reference {
  /** `HOST` or `HOST:PORT`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/**
 * Reads `REGISTRY/NAME:TAG`; the tag is `latest` without. A registry has to be named: none is meant when
 * it is left out.
 * @throws MirageError `ERR_MIRAGE_OCI_REFERENCE`
 */
export function parseReference(text: string): Reference {
  const [, registry, repository, tag = "latest"] =
    /^((?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?$/.exec(
      text,
    ) ?? [];
  const isHost = registry !== undefined && /[.:]|^localhost$/.test(registry);
  if (isHost && repository !== undefined) return { registry, repository, tag };
  throw new MirageError(
    "ERR_MIRAGE_OCI_REFERENCE",
    `${text} is not the name of an image in a registry`,
    {
      hint: "write REGISTRY/NAME:TAG, with lower-case letters in NAME: `registry.example.org/shop/www:1.0`",
      exitCode: 2,
    },
  );
}
