/** The words that name no value in OCaml 4.13 to 5.3 (the manual, "Lexical conventions"). */
export const ocamlKeywords: ReadonlySet<string> = new Set(
  `and as assert asr begin class constraint do done downto effect else end exception external false
   for fun function functor if in include inherit initializer land lazy let lor lsl lsr lxor match
   method mod module mutable new nonrec object of open or private rec sig struct then to true try
   type val virtual when while with`.split(/\s+/),
);
