import type { ConfiguredApplication } from "@mirage/application";
import type { Instance, InstanceRecord } from "@mirage/instances";
import type { Plan } from "@mirage/plan";

/** What `mirage run` is told about how to run; plain data. */
export interface RunFlags {
  readonly publish?: readonly string[];
  readonly strictPort?: true;
  /** Build it again when its files change, and replace what runs. */
  readonly watch?: true;
  /** What `mirage ps` calls it. */
  readonly name?: string;
  /** Another machine, `[USER@]HOST` for ssh. */
  readonly host?: string;
  /** A virtual machine: MiB of memory. */
  readonly memory?: string;
  /** A virtual machine: `kvm` or `tcg`. */
  readonly accelerator?: string;
  /** A process: with the rights and the environment of its user. */
  readonly sandbox?: boolean;
  /** Words for the program's command line. */
  readonly args?: readonly string[];
  /** Variables for its environment, which may be secrets: nothing shows them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** JavaScript: in a page of a browser, which is served on this machine. */
  readonly browser?: true;
  /** JavaScript: a folder for that page; it is written, and nothing served. */
  readonly out?: string;
  /** When it is started again after its end, as `parseRestart` reads it. */
  readonly restart?: string;
  /** Seconds between two looks at its health; nobody looks without. */
  readonly healthInterval?: number;
  /** Let xl act on what a file from somebody else should not decide. */
  readonly trustXl?: true;
}

/** Follows a run: keeps its record, and shows it. */
export interface RunObserver {
  /** Path of the Unix socket on which the program is to be asked; nothing where there is no place for it. */
  readonly control?: string;
  /** News for its record. */
  note(news: Partial<InstanceRecord>): void;
  /** It serves, or its main function runs. */
  ready(): void;
  /** Somebody asked for its end. */
  asked(): void;
  /** Somebody wants it to be run again when it has ended, as it is about to. */
  restart(): void;
  /** A line of progress for a person. */
  say(text: string): void;
  /** What the unikernel printed on its console, where that is not the observer's own output. */
  output(chunk: Uint8Array): void;
  /** Something failed, and the run goes on. */
  failed(error: unknown): void;
}

/** How a unikernel is ended. */
export interface StopRequest {
  /** At once, without asking it to end by itself. */
  readonly kill: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A unikernel that runs on another machine. */
export interface RemoteGuest {
  readonly name: string;
  /** What the other machine calls it. */
  readonly id: number | string;
  /** A word for what it does, such as `running`. */
  readonly state: string;
  readonly upSeconds?: number;
  readonly memoryMb?: number;
  readonly cpuSeconds?: number;
}

/** What of a launcher works on another machine, `[USER@]HOST` for ssh. */
export interface RemoteGuests {
  list(host: string): Promise<readonly RemoteGuest[]>;
  /** Prints what a guest has printed; with `follow`, goes on until it ends. */
  logs(
    host: string,
    name: string,
    options: {
      readonly follow: boolean;
      readonly signal: AbortSignal;
      readonly output: (chunk: Uint8Array) => void;
    },
  ): Promise<void>;
  stop(host: string, name: string, request: StopRequest): Promise<void>;
}

/** A unikernel that goes on although the process that followed it is gone. */
export interface LeftRunning {
  /** Its name in a sentence, such as `its domain www`. */
  readonly what: string;
  stop(request: StopRequest): Promise<void>;
}

/** How programs of one kind are run: there is one for each value of a target's `run.as`. */
export interface Launcher {
  /** Seconds that `mirage stop` waits, at least those that its own end takes. */
  readonly patience: number;
  /** What a run would do. @throws MirageError for flags that make no sense here */
  plan(application: ConfiguredApplication, flags: RunFlags): Promise<Plan>;
  /** Starts the program, follows it to its end, and returns the exit code. */
  run(application: ConfiguredApplication, flags: RunFlags, observer: RunObserver): Promise<number>;
  /** How another tool would run it, in a form that the launcher has. @throws MirageError */
  describe?(application: ConfiguredApplication, flags: RunFlags, form: string): string;
  /** Absent where everything that it runs is on this machine. */
  readonly remote?: RemoteGuests;
  /** What goes on of an instance whose process is gone. Absent where it takes all with it. */
  leftRunning?(instance: Instance): Promise<LeftRunning | undefined>;
}
