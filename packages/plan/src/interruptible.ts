/** Runs a job whose signal is aborted by Ctrl-C or SIGTERM. */
export async function interruptible<T>(job: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const abort = () => interrupted.abort();
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  try {
    return await job(interrupted.signal);
  } finally {
    process.off("SIGINT", abort);
    process.off("SIGTERM", abort);
  }
}
