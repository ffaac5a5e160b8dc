// The worker in which the unikernel runs: one for each start.
import type { FromWorker, ToWorker } from "./messages.js";

interface Unikernel {
  readonly exited: Promise<number>;
  stop(): Promise<number>;
}

interface UnikernelModule {
  start(options: {
    network?: MessagePort;
    print(text: string, stream: "stdout" | "stderr"): void;
    onStatus(line: string): void;
  }): Unikernel;
}

const tell = (message: FromWorker) => self.postMessage(message);
let unikernel: Unikernel | undefined;

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "stop") return void unikernel?.stop();
  try {
    const { start } = (await import(data.module)) as UnikernelModule;
    unikernel = start({
      ...(data.network ? { network: data.network } : {}),
      print: (text, stream) => tell({ type: "print", text, stream }),
      onStatus: (line) => tell({ type: "status", line }),
    });
    tell({ type: "exited", code: await unikernel.exited });
  } catch (error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};
