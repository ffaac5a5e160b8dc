import assert from "node:assert/strict";
import { findTemplate, planInit } from "@mirage/templates";

const directory = `${process.cwd()}/app`;
const plan = await planInit({ template: findTemplate("hello"), directory, name: "app" });
assert(plan.some((action) => action.kind === "write" && action.path.endsWith("app.conf")));
