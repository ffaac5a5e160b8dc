import { quote } from "@mirage/diagnostics";
import { type Acme, acmeChallenges, type Written } from "./configuration.js";
import type { DeviceTable } from "./devices.js";
import { readList, separatorHint } from "./lists.js";
import type { Problems } from "./problems.js";
import { type Entry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";
import type { Token } from "./syntax.js";

const code = "ERR_MIRAGE_CONF_ACME";

/** The keys beside `https-acme` that need it. */
export const acmeKeys = [
  "https-domain",
  "https-store",
  "https-contact",
  "https-challenge",
] as const;

/** `https-acme`, which has certificates ordered, and the keys that belong to it. */
export function readAcme(
  raw: RawConf,
  devices: DeviceTable,
  problems: Problems,
  spanOf: SpanOf,
): Acme | undefined {
  const order = raw.plain.get("https-acme");
  if (!order) {
    for (const entry of acmeEntries(raw)) warnWithoutAcme(entry, problems);
    return undefined;
  }
  const directory = readDirectory(order, problems);
  const store = raw.plain.get("https-store");
  const disk = store && readStore(store, devices, problems);
  const chosen = raw.plain.get("https-challenge");
  const challenge = chosen && readChallenge(chosen, problems);
  const domains = readList(raw.lists.get("https-domain"), spanOf, (item) =>
    readDomain(item, problems),
  );
  const contacts = readList(raw.lists.get("https-contact"), spanOf, (item) =>
    readContact(item, problems),
  );
  reportMissing(order, raw, problems);
  refuseCertificate(order, raw, problems);
  if (directory === undefined || !store || disk === undefined) return undefined;
  return {
    directory: { value: directory, span: spanOf(order.value) },
    domains,
    store: { value: disk, span: spanOf(store.value) },
    contacts,
    ...(chosen && challenge ? { challenge: { value: challenge, span: spanOf(chosen.value) } } : {}),
  };
}

/** The entries of `https-domain` and so on, in the order of the keys. */
export function acmeEntries(raw: RawConf): Entry[] {
  return acmeKeys.flatMap((key) => {
    const entry = raw.plain.get(key);
    return [...(entry ? [entry] : []), ...(raw.lists.get(key) ?? [])];
  });
}

function readDirectory({ value }: Entry, problems: Problems): string | undefined {
  const url = URL.canParse(value.text) ? new URL(value.text) : undefined;
  const plain = /^[!-~]+$/.test(value.text);
  if (plain && url?.protocol === "https:" && url.username === "" && url.hash === "") {
    return value.text;
  }
  return problems.error(value, () => ({
    code,
    message: `${quote(value.text)} is not the URL of an ACME directory`,
    hint: "the authority names it, such as `https://acme-v02.api.letsencrypt.org/directory`",
  }));
}

function readStore({ value }: Entry, devices: DeviceTable, problems: Problems): string | undefined {
  if (devices.get(value.text) === "block") return value.text;
  return problems.error(value, () => ({
    code,
    message: `${quote(value.text)} is no block device of this file`,
    hint: "keys and certificates are kept on a disk of their own: declare `block-NAME`, and write its NAME",
  }));
}

function readChallenge({ value }: Entry, problems: Problems) {
  const challenge = acmeChallenges.find((name) => name === value.text);
  if (challenge) return challenge;
  return problems.error(value, () => ({
    code,
    message: `${quote(value.text)} is no challenge that is known here`,
    hint: `write ${acmeChallenges.map((name) => `\`${name}\``).join(" or ")}`,
  }));
}

/** RFC 1123, section 2.1. */
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

function readDomain(item: Token, problems: Problems): string | undefined {
  const labels = item.text.split(".");
  const isName = labels.every((part) => label.test(part)) && !/^[0-9]+$/.test(labels.at(-1) ?? "");
  if (isName && item.text.length <= 253) return item.text;
  return problems.error(item, () => ({
    code,
    message: `${quote(item.text)} is not a domain that a certificate can be had for`,
    hint:
      separatorHint(item) ??
      (item.text.startsWith("*.")
        ? "a wildcard needs the challenge dns-01, which is not there: name each host"
        : "write names in lower case, such as `example.org, www.example.org`"),
  }));
}

function readContact(item: Token, problems: Problems): string | undefined {
  if (/^mailto:[!-+\--~]+@[!-+\--~]+$/.test(item.text)) return item.text;
  return problems.error(item, () => ({
    code,
    message: `${quote(item.text)} is not a contact`,
    hint: separatorHint(item) ?? "write an address of mail, such as `mailto:ann@example.org`",
  }));
}

function reportMissing(order: Entry, raw: RawConf, problems: Problems): void {
  const missing = (["https-domain", "https-store"] as const).filter(
    (key) => !raw.plain.has(key) && !raw.lists.get(key)?.length,
  );
  if (missing.length === 0) return;
  const examples = {
    "https-domain": "https-domain: example.org",
    "https-store": "https-store: NAME",
  };
  problems.error(whole(order), () => ({
    code,
    message: `\`https-acme\` needs ${missing.map((key) => `\`${key}\``).join(" and ")}`,
    hint: `add ${missing.map((key) => `\`${examples[key]}\``).join(" and ")}`,
  }));
}

function refuseCertificate(order: Entry, raw: RawConf, problems: Problems): void {
  const given = raw.plain.get("https-certificate") ?? raw.plain.get("https-key");
  if (!given) return;
  problems.error(whole(given), () => ({
    code,
    message: `${quote(given.key.text)} contradicts \`${order.key.text}\`, which gets a certificate`,
    hint: "keep one of them",
  }));
}

function warnWithoutAcme(entry: Entry, problems: Problems): void {
  problems.warning(whole(entry), () => ({
    code: "ERR_MIRAGE_CONF_UNUSED",
    message: `${quote(entry.key.text)} has no effect without \`https-acme\``,
    hint: "add `https-acme: URL`, the directory of a certificate authority",
  }));
}

/** What looks up names for the order of a certificate, as `resolvingUser` says it. */
export function acmeUser(acme: Acme): { readonly name: string } & Pick<Written<string>, "span"> {
  return { name: "`https-acme`", span: acme.directory.span };
}
