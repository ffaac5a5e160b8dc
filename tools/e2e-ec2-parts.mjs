/** The files of e2e/aws that need neither the AWS command line nor a machine to boot. */
export const quickEc2 = ["src/cli", "src/faults", "src/publish"];
