import type { Plan, StepAction, StepContext } from "@mirage/plan";
import type { ActualState } from "./actual-state.js";
import { aptCommand } from "./apt.js";
import { repositoryFolder } from "./repositories.js";
import { allPackages, type InstallRequest, packageText } from "./request.js";
import type { Session } from "./session.js";
import {
  createRoot,
  createSwitch,
  installPackages,
  installSystemPackages,
  removeRoot,
  removeSwitch,
  useRepository,
} from "./work.js";

/** The effects that lead from the actual state to what is requested. */
export function installSteps(
  request: InstallRequest,
  actual: ActualState,
  startSession: (context: StepContext) => Session,
): Plan {
  const step = (
    title: string,
    detail: string,
    work: (request: InstallRequest, session: Session) => Promise<void>,
  ): StepAction => ({
    kind: "step",
    title,
    detail,
    perform: (context) => work(request, startSession(context)),
  });
  const { target } = request;
  const { missingSystemPackages, changedSystemPackages, repositoryUrls, notes } = actual;
  const root = target.owned && (repositoryUrls === undefined || notes.underWay === "root");
  const urls = root ? undefined : repositoryUrls;
  const damaged = !actual.installed?.has(request.compiler.name) || notes.underWay === "switch";
  const outdated = changedSystemPackages.length > 0;
  const fresh = target.owned && (root || damaged || outdated);

  const plan: StepAction[] = [];
  if (missingSystemPackages.length > 0) {
    plan.push(
      step(
        "install packages of the distribution",
        target.sysroot === undefined
          ? aptCommand(missingSystemPackages)
          : `${missingSystemPackages.join(" ")}, unpacked in ${target.sysroot.folder}`,
        (_, session) => installSystemPackages(missingSystemPackages, session),
      ),
    );
  }
  if (root && actual.rootFolderExists) {
    plan.push(step("remove an opam root that is not whole", target.root, removeRoot));
  }
  const writing = request.repositories.flatMap((source) => {
    const folder = repositoryFolder(target, source);
    return urls?.get(source.name) === `file://${folder}` ? [] : source.plan(folder);
  });
  const tail: StepAction[] = [];
  if (root) tail.push(step("set up a private opam root", target.root, createRoot));
  for (const [index, source] of request.repositories.entries()) {
    const folder = repositoryFolder(target, source);
    const known = root && index === 0 ? `file://${folder}` : urls?.get(source.name);
    if (target.owned && known === `file://${folder}`) continue;
    const scope = target.owned ? ["--all-switches", "--set-default"] : ["--this-switch"];
    tail.push(
      step(`let opam use the repository ${source.name}`, folder, (_, session) =>
        useRepository(session, source, known, [...scope, `--rank=${index + 1}`]),
      ),
    );
  }
  if (fresh && !root && actual.switchFolderExists) {
    const why = outdated
      ? `${changedSystemPackages.join(", ")} changed since it was made`
      : "it is not whole";
    tail.push(step(`remove the opam switch ${target.switch}`, why, removeSwitch));
  }
  if (fresh) {
    const compiler = packageText(request.compiler);
    tail.push(step(`create the opam switch ${target.switch}`, compiler, createSwitch));
  }
  const losses = target.owned ? [] : (request.losses ?? []);
  const wanted = [
    allPackages(request).map(packageText).join(" "),
    ...losses.map(({ kind, name }) => `${kind} of ${name}`),
  ].join(", ");
  tail.push(step("install with opam", wanted, installPackages));
  return [...plan, ...writing, ...tail];
}
