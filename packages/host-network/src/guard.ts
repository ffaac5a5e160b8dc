import type { Action } from "@mirage/plan";
import { run } from "./actions.js";
import { query } from "./query.js";
import type { Settings } from "./sysctl.js";

/**
 * The table of nftables that keeps a host on which forwarding had to be switched on from passing on
 * anything else than before: there is one for all networks, as long as they need forwarding.
 */
export const guardTable = "mirage-forward";

const own = "bridges";

/** The bridges for which the guard lets packets pass; nothing if there is no guard, or no right to ask. */
export async function guardedBridges(): Promise<readonly string[] | undefined> {
  try {
    const words = ["-j", "list", "set", "ip", guardTable, own];
    const { nftables } = JSON.parse(await query("nft", words)) as {
      nftables: readonly { readonly set?: { readonly elem?: readonly string[] } }[];
    };
    return nftables.flatMap(({ set }) => (set ? (set.elem ?? []) : []));
  } catch {
    return undefined;
  }
}

/**
 * Replaces the guard in one transaction. Packets from or to the bridges pass, and those from
 * interfaces that passed them on before, by a setting of their own. nft(8).
 */
export function raiseGuard(bridges: readonly string[], before: Settings): Action {
  const table = `table ip ${guardTable}`;
  const hook = "type filter hook forward priority filter; policy accept;";
  const rules = `iifname @${own} accept; oifname @${own} accept; iifname @routed accept; drop;`;
  const sets = [set(own, bridges), set("routed", routedBefore(before))].join(" ");
  return run(
    "nft",
    [`${table}; delete ${table}; ${table} { ${sets} chain forward { ${hook} ${rules} }; }`],
    "let nothing else be passed on, in nftables",
  );
}

/** Lets packets of one more bridge pass. */
export function admit(bridge: string): Action {
  return run("nft", ["add", ...element(bridge)], `let what ${bridge} sends and gets be passed on`);
}

/** Lets packets of a bridge pass no longer. */
export function dismiss(bridge: string): Action {
  return run("nft", ["delete", ...element(bridge)], `let nothing of ${bridge} be passed on`);
}

/** Removes the guard; forwarding must be off again. */
export function lowerGuard(): Action {
  const words = ["delete", "table", "ip", guardTable];
  return run("nft", words, `remove the table ${guardTable} from nftables`);
}

function element(bridge: string): string[] {
  return ["element", "ip", guardTable, own, `{ ${JSON.stringify(bridge)} }`];
}

function set(name: string, elements: readonly string[]): string {
  const list = elements.map((element) => JSON.stringify(element)).join(", ");
  return `set ${name} { type ifname; ${list && `elements = { ${list} }; `}};`;
}

/** The interfaces that passed packets on although the host as a whole did not. */
function routedBefore(before: Settings): string[] {
  return Object.entries(before)
    .filter(([, value]) => value === "1")
    .flatMap(([path]) => /^conf\/(?!default\/|lo\/)(.+)\/forwarding$/.exec(path)?.[1] ?? []);
}
