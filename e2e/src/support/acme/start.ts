import { onTestFinished } from "vitest";
import { temporaryFolder } from "../mirage.js";
import { AcmeServer, type Behaviour } from "./server.js";

/** An authority that listens until the test ends, and looks for all domains on this machine. */
export async function startAcme(
  ports: { readonly httpPort: number; readonly tlsPort: number },
  behaviour: Partial<Behaviour> = {},
): Promise<AcmeServer> {
  const acme = new AcmeServer(temporaryFolder(), {
    place: { host: "127.0.0.1", ...ports },
    validity: 86_400,
    badNonces: 0,
    rateLimits: 0,
    polls: 1,
    ...behaviour,
  });
  await acme.listen();
  onTestFinished(() => acme.close());
  return acme;
}
