const token = "{ text: string; start: number; end: number }";

export default {
  input: "src/grammar.peggy",
  output: "generated/grammar.js",
  format: "es",
  dts: true,
  allowedStartRules: ["File", "ModuleValue", "FunctorApplication"],
  returnTypes: {
    File: `Array<{ kind: "entry"; key: ${token}; value: ${token} } | { kind: "malformed"; text: ${token} }>`,
    ModuleValue: "{ path: string[]; value: string }",
    FunctorApplication: `{ path: string[]; args: Array<${token}> }`,
  },
};
