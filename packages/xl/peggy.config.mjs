export default {
  input: "src/config/grammar.peggy",
  output: "generated/grammar.js",
  format: "es",
  dts: true,
  returnTypes: { File: "void" },
};
