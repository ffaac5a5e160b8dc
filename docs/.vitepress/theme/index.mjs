import DefaultTheme from "vitepress/theme";
import { h } from "vue";
import "./style.css";

/** What a terminal shows from a `.conf` file to a page: a prompt and a command, or an answer. */
const session = [
  ["$", "cat hello.conf"],
  ["", "main-app: Hello.Main (console, http)"],
  ["$", "mirage configure && mirage build"],
  ["", "mir-hello is ready"],
  ["$", "mirage run --detach --publish 8080:80"],
  ["$", "curl http://127.0.0.1:8080/"],
  ["", "You are visitor 1."],
];

function terminal() {
  const lines = session.flatMap(([prompt, text]) =>
    prompt === "" ? [h("i", text), "\n"] : [h("b", `${prompt} `), text, "\n"],
  );
  return h("pre", { class: "home-session" }, lines);
}

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "home-hero-image": terminal }),
};
