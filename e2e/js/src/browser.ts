import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** Chromium of Debian, with a new profile and without anything of its own that uses the network. */
export async function openBrowser(): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), "mirage-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  onTestFinished(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });
  return context;
}

/** The page of a unikernel, once that runs; what is thrown in it ends the test. */
export async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  onTestFinished(() => {
    if (errors.length > 0) throw errors[0];
  });
  await page.goto(url);
  await inState(page, "running");
  return page;
}

export async function inState(page: Page, state: "running" | "stopped"): Promise<void> {
  await page.waitForFunction(`document.body.dataset.state === "${state}"`);
}

/** The path of the unikernel's site, with a slash at its end. */
export async function sitePath(page: Page): Promise<string> {
  await page.waitForFunction('document.querySelector("#frame").src.includes("/site/")');
  const src = await page.locator("#frame").getAttribute("src");
  return new URL(src ?? "", page.url()).pathname.replace(/(\/site\/\w+\/).*/, "$1");
}

/** Status and SHA-256 of what a path of the site gives, fetched in the page's frame. */
export async function fetched(
  page: Page,
  path: string,
): Promise<{ status: number; sha256: string }> {
  const frame = page.frames().find((other) => other.url().includes("/site/"));
  if (!frame) throw new Error("the site is not shown");
  return frame.evaluate(async (path) => {
    const response = await fetch(path);
    const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
    const octets = [...new Uint8Array(digest)];
    return {
      status: response.status,
      sha256: octets.map((n) => n.toString(16).padStart(2, "0")).join(""),
    };
  }, path);
}
