import { Help, type HelpConfiguration } from "commander";

const indent = 2;
const gap = 2;

/** The least width of a column beside another; where it would be less, text goes below. */
const readable = 30;

/** How help looks in a terminal of any width. */
export const helpStyle: HelpConfiguration = {
  minWidthToWrap: 1,
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? 80;
    const below = 3 * indent;
    if (description === "" || width - indent - termWidth - gap >= readable) {
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    }
    const text = helper.boxWrap(description, Math.max(1, width - below));
    return [
      `${" ".repeat(indent)}${term}`,
      ...text.split("\n").map((line) => `${" ".repeat(below)}${line}`),
    ].join("\n");
  },
};
