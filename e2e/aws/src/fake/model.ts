import { existsSync, readFileSync } from "node:fs";
import type { Answer, Call } from "./answer.js";

// AWS's own description of its services, as botocore carries it: what a request may contain, and what an
// answer. https://github.com/boto/botocore, data/SERVICE/VERSION/service-2.json

const folder = "/usr/lib/python3/dist-packages/botocore/data";
const files = {
  ec2: `${folder}/ec2/2016-11-15/service-2.json`,
  ebs: `${folder}/ebs/2019-11-02/service-2.json`,
};

/** What AWS has added since the models of Debian 12 (December 2022), as AWS's reference has it today. */
const added: readonly string[] = [
  "RegisterImage knows no parameter TagSpecification",
  "CopyImage knows no parameter TagSpecification",
  "DeregisterImage knows no parameter DeleteAssociatedSnapshots",
  "DeregisterImage answers with an unknown deleteSnapshotResultSet",
];

interface Member {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
  readonly queryName?: string;
}

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Member>>;
  readonly required?: readonly string[];
  readonly member?: Member;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly payload?: string;
}

interface Service {
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly input?: Member;
        readonly output?: Member;
        readonly http: { readonly requestUri: string };
      }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Whether Debian's python3-botocore is there. */
export const hasModels = Object.values(files).every((file) => existsSync(file));

const models = new Map<keyof typeof files, Service>();

function modelOf(service: keyof typeof files): Service {
  const known = models.get(service) ?? JSON.parse(readFileSync(files[service], "utf8"));
  models.set(service, known);
  return known;
}

/** What in a request and its answer does not fit the model; nothing without the models. */
export function misfits(action: string, call: Call, answer: Answer): string[] {
  if (!hasModels) return [];
  const [service = "", name = ""] = action.split(":");
  const model = modelOf(service as keyof typeof files);
  const operation = model.operations[name];
  if (!operation) return [`there is no ${action}`];
  const check = new Check(model);
  if (service === "ec2") {
    const values = new Map(new URLSearchParams(call.body.toString("utf8")));
    values.delete("Action");
    values.delete("Version");
    if (operation.input) check.query(name, operation.input, values);
    if (answer.status < 300 && operation.output) {
      check.xml(name, operation.output, parseXml(String(answer.body)));
    }
  } else {
    if (operation.input) check.rest(name, operation.input, operation.http.requestUri, call);
    if (answer.status < 300 && operation.output) check.restAnswer(name, operation.output, answer);
  }
  return check.problems.filter((problem) => !added.includes(problem));
}

class Check {
  readonly problems: string[] = [];

  readonly #model: Service;

  constructor(model: Service) {
    this.#model = model;
  }

  /** EC2's query protocol: a structure's members as NAME.MEMBER, a list's as NAME.1, NAME.2 … */
  query(path: string, { shape }: Member, values: ReadonlyMap<string, string>): void {
    const { type, members = {}, required = [], member } = this.#shape(shape);
    if (type !== "structure" && type !== "list") {
      if (values.size !== 1 || !values.has("")) this.#say(path, "is no plain value");
      else this.#scalar(path, shape, values.get("") ?? "");
      return;
    }
    const groups = new Map<string, Map<string, string>>();
    for (const [key, value] of values) {
      const [head = "", ...rest] = key.split(".");
      const group = groups.get(head) ?? new Map<string, string>();
      groups.set(head, group.set(rest.join("."), value));
    }
    if (type === "list" && member) {
      let next = 1;
      for (const [head, group] of groups) {
        if (head !== String(next++)) this.#say(path, `has ${head} out of order`);
        this.query(`${path}.${head}`, member, group);
      }
      return;
    }
    const known = new Map(
      Object.entries(members).map(([name, one]) => [queryName(name, one), { name, one }]),
    );
    for (const [head, group] of groups) {
      const found = known.get(head);
      if (found) this.query(`${path}.${head}`, found.one, group);
      else this.#say(path, `knows no parameter ${head}`);
    }
    for (const name of required) {
      const one = members[name];
      if (one && !groups.has(queryName(name, one))) this.#say(path, `lacks ${name}`);
    }
  }

  /** An answer of EC2: elements by `locationName`, those of lists as `item`. */
  xml(path: string, { shape }: Member, element: Element): void {
    const { type, members = {}, member } = this.#shape(shape);
    if (type === "structure") {
      const known = new Map(
        Object.entries(members).map(([name, one]) => [one.locationName ?? name, one]),
      );
      for (const child of element.children) {
        const one = known.get(child.name);
        if (one) this.xml(`${path}.${child.name}`, one, child);
        else if (child.name !== "requestId" && child.name !== "return") {
          this.#say(path, `answers with an unknown ${child.name}`);
        }
      }
    } else if (type === "list" && member) {
      for (const child of element.children) {
        if (child.name !== (member.locationName ?? "item")) this.#say(path, `lists ${child.name}`);
        this.xml(`${path}.item`, member, child);
      }
    } else {
      this.#scalar(path, shape, element.text);
    }
  }

  /** REST with JSON: members in the path, in headers, and in the body. */
  rest(path: string, { shape }: Member, uri: string, call: Call): void {
    const { members = {}, required = [], payload } = this.#shape(shape);
    const body = payload === undefined && call.body.length > 0 ? JSON.parse(String(call.body)) : {};
    const names = new Set(Object.entries(members).map(([name, one]) => one.locationName ?? name));
    for (const name of Object.keys(body)) {
      if (!names.has(name)) this.#say(path, `knows no ${name}`);
    }
    const template = uri.split("?")[0]?.split("/") ?? [];
    const parts = call.path.split("/");
    for (const [name, one] of Object.entries(members)) {
      const place = one.locationName ?? name;
      const value =
        one.location === "header"
          ? call.headers[place.toLowerCase()]
          : one.location === "uri"
            ? parts[template.indexOf(`{${place}}`)]
            : one.location === "querystring"
              ? (call.query.get(place) ?? undefined)
              : name === payload
                ? call.body
                : body[place];
      if (value === undefined) {
        if (required.includes(name)) this.#say(path, `lacks ${name}`);
      } else if (name !== payload) this.#json(`${path}.${name}`, one, value);
    }
  }

  restAnswer(path: string, { shape }: Member, answer: Answer): void {
    const { members = {}, payload } = this.#shape(shape);
    if (payload !== undefined) return;
    const body = answer.body ? JSON.parse(String(answer.body)) : {};
    for (const [name, value] of Object.entries(body)) {
      const one = members[name];
      if (one) this.#json(`${path}.${name}`, one, value);
      else this.#say(path, `answers with an unknown ${name}`);
    }
  }

  #json(path: string, { shape }: Member, value: unknown): void {
    const { type, members = {}, member } = this.#shape(shape);
    if (type === "list" && Array.isArray(value) && member) {
      for (const item of value) this.#json(`${path}[]`, member, item);
    } else if (type === "structure" && typeof value === "object" && value !== null) {
      for (const [name, item] of Object.entries(value)) {
        const one = members[name];
        if (one) this.#json(`${path}.${name}`, one, item);
        else this.#say(path, `knows no ${name}`);
      }
    } else this.#scalar(path, shape, String(value));
  }

  #scalar(path: string, name: string, text: string): void {
    const { type, enum: words, pattern, min, max } = this.#shape(name);
    const isNumber = type === "integer" || type === "long";
    const fits = isNumber
      ? /^-?\d+$/.test(text)
      : type === "boolean"
        ? /^(true|false)$/.test(text)
        : type === "timestamp"
          ? !Number.isNaN(Date.parse(text)) || /^\d+(\.\d+)?$/.test(text)
          : true;
    if (!fits) this.#say(path, `is ${type}, and not ${text}`);
    if (words && text !== "" && !words.includes(text)) this.#say(path, `cannot be ${text}`);
    const size = isNumber ? Number(text) : text.length;
    if ((min !== undefined && size < min) || (max !== undefined && size > max)) {
      this.#say(path, `has ${size}, and may have ${min} to ${max}`);
    }
    if (pattern && !new RegExp(`^(?:${pattern})$`).test(text)) {
      this.#say(path, `${text} is not like ${pattern}`);
    }
  }

  #shape(name: string): Shape {
    return this.#model.shapes[name] ?? { type: "string" };
  }

  #say(path: string, what: string): void {
    this.problems.push(`${path} ${what}`);
  }
}

/** Of a member in EC2's query protocol. */
function queryName(name: string, { queryName, locationName }: Member): string {
  const other = locationName && locationName.charAt(0).toUpperCase() + locationName.slice(1);
  return queryName ?? other ?? name;
}

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** Reads what `toXml` writes. */
function parseXml(text: string): Element {
  const stack: Element[] = [{ name: "", children: [], text: "" }];
  for (const [, closes, name, content] of text.matchAll(/<(\/?)([A-Za-z]+)[^>]*>([^<]*)/g)) {
    if (closes) stack.pop();
    else {
      const element = { name: name ?? "", children: [], text: content ?? "" };
      stack.at(-1)?.children.push(element);
      stack.push(element);
    }
  }
  return stack[0]?.children[0] ?? { name: "", children: [], text: "" };
}
