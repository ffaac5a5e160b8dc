// Runs a script's job; what goes wrong is a sentence for a person, not a stack trace.
export async function report(job) {
  try {
    await job();
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
