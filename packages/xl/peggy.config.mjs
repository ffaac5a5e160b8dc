export default {
  input: "src/grammar.peggy",
  output: "generated/grammar.js",
  format: "es",
  dts: true,
  returnTypes: { File: "void" },
};
