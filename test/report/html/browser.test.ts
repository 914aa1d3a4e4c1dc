import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { renderHtml } from "../../../src/report/html/index.js";
import { type MadeRun, makeRun } from "./fixture.js";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const isThere = existsSync(CHROMIUM);
if (!isThere && process.env.CI === "true")
  throw new Error(
    `there is no Chromium at ${CHROMIUM}: install it (apt-get install chromium), or name one by CHROMIUM`,
  );
if (!isThere) console.warn(`the page is not tested: there is no Chromium at ${CHROMIUM}`);

const GLM = { model: "THUDM/glm-large", skill: 2.6, family: "infill" };
const ROBERTA = { model: "roberta-large", skill: 1.9, family: "masked" };

describe.skipIf(!isThere)(isThere ? "in Chromium" : `skipped: there is no Chromium at ${CHROMIUM}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "glm-eval-html-"));
  const made = makeRun([GLM, ROBERTA], { examples: 60 });
  let browser: Browser;
  let page: Page;
  /** console messages and requests of the page that should not occur */
  let troubles: string[];

  beforeAll(async () => {
    const quiet = [
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
    ];
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", ...quiet],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  async function open(run: MadeRun, options: BrowserContextOptions = {}): Promise<void> {
    const file = path.join(folder, "report.html");
    const url = pathToFileURL(file).href;
    writeFileSync(file, renderHtml({ ...run, published: ["bert-large"] }));
    page = await (await browser.newContext(options)).newPage();
    troubles = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", ({ message }) => troubles.push(message));
    page.on("request", (request) => {
      if (request.url() !== url) troubles.push(request.url());
    });
    await page.goto(url);
  }

  const items = () => page.locator("#examples > li");
  const found = () => page.locator("#found").innerText();
  /** Returns what the form shows after a change. */
  const expectFound = (text: string | RegExp) => expect.poll(found).toMatch(text);
  const outcome = (name: string) => page.locator("#filters").getByText(name, { exact: true });
  const focused = (): Promise<string> =>
    page.evaluate("document.activeElement.innerText.replace(/\\s+/g, ' ')");
  const all = [...made.samples.values()].flat();
  const own = all.filter(({ model }) => model === GLM.model);
  const isWrong = ({ predicted, label, gold }: (typeof all)[number]) =>
    label === undefined ? !gold!.includes(predicted) : predicted !== label;

  it("lists all examples, a page at a time", async () => {
    await open(made);
    expect(await found()).toBe(`${own.length} of ${own.length} examples, 1–20 shown`);
    expect(await items().count()).toBe(20);
    await page.getByRole("button", { name: "Next" }).click();
    await expectFound(/, 21–40 shown$/);
    // Keyboard users continue with the first example of the page.
    expect(await focused()).toMatch(/^BoolQ p0 20 /);
    await page.getByRole("button", { name: "Previous" }).click();
    await expectFound(/, 1–20 shown$/);
    expect(await page.getByRole("button", { name: "Previous" }).isDisabled()).toBe(true);
  });

  it("filters by outcome, model, task and pattern", async () => {
    await open(made);
    const wrong = (model: string) => all.filter((sample) => sample.model === model && isWrong(sample)).length;
    await outcome("Wrong").click();
    await expectFound(new RegExp(`^${wrong(GLM.model)} of `));
    expect(await page.locator("#examples .verdict:first-child.wrong").count()).toBe(20);
    await page.getByRole("combobox", { name: "Right or wrong for" }).selectOption("roberta-large");
    await expectFound(new RegExp(`^${wrong(ROBERTA.model)} of `));
    await outcome("Right").click();
    await expectFound(new RegExp(`^${own.length - wrong(ROBERTA.model)} of `));
    await outcome("Models disagree").click();
    const key = ({ id, pattern, text }: (typeof all)[number]) => [text, pattern, id].join("\n");
    const others = new Map(
      all.filter(({ model }) => model !== GLM.model).map((sample) => [key(sample), sample]),
    );
    const differ = own.filter((sample) => others.get(key(sample))!.predicted !== sample.predicted).length;
    await expectFound(new RegExp(`^${differ} of `));
    await outcome("All").click();
    await page.getByRole("combobox", { name: "Task" }).selectOption("CB");
    await expectFound(/^180 of /);
    await page.getByRole("combobox", { name: "Pattern" }).selectOption("p2");
    await expectFound(/^60 of /);
    await page.getByRole("combobox", { name: "Pattern" }).selectOption("p5");
    await expectFound(/^No matching examples\.$/);
    expect(await items().count()).toBe(0);
  });

  it("searches texts, ignoring case", async () => {
    await open(made);
    await page.getByLabel("Search").fill("question 17?");
    await expectFound(/^12 of /);
    expect(await items().first().innerText()).toContain("Question 17?");
    await page.getByLabel("Search").fill("nothing has this");
    await expectFound(/^No matching examples\.$/);
  });

  it("shows all details of an example: text, blank, gold, predictions, tokens, shots, truncation", async () => {
    await open(made);
    const sample = made.samples.get("boolq")!.find(({ id }) => id === "3")!;
    await items().nth(3).locator("summary").click();
    const body = page.locator("#examples details[open]");
    expect(await body.locator(".asked").innerText()).toBe(sample.text);
    expect(await body.locator("mark.blank").innerText()).toBe("[MASK]");
    const text = (await body.innerText()).replace(/\s+/g, " ");
    expect(text).toContain(`Gold ${sample.label === "true" ? "Yes (true)" : "No (false)"}`);
    expect(text).toContain("12 tokens, to fit");
    const table = body.getByRole("table", {
      name: "Answers of glm-large, with tokens and natural log-probabilities",
    });
    const rows = await table.locator("tbody tr").allInnerTexts();
    const [no] = sample.answers;
    const number = (value: number) => value.toFixed(2).replace("-", "−");
    expect(rows[0]!.replace(/\s+/g, " ")).toMatch(/^No false /);
    expect(rows[0]).toContain(number(no!.score));
    expect(await table.locator(".token").first().innerText()).toBe(`▁No\n${number(no!.tokenLogProbs[0]!)}`);
    expect(await table.locator("tr.predicted th").innerText()).toContain(sample.predicted);
    await items().nth(4).locator("summary").click();
    expect((await page.locator("#examples details[open]").nth(1).innerText()).replace(/\s+/g, " ")).toContain(
      "Few-shot examples 17, 203",
    );
  });

  it("can be used with only a keyboard", async () => {
    await open(made);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the results");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    await page.getByLabel("Search").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await expectFound(/^\d+ of \d+ examples, 1–20 shown$/);
    expect(await page.evaluate("document.activeElement.value")).toBe("wrong");
    for (let k = 0; k < 4; k++) await page.keyboard.press("Tab");
    const first = await items().first().locator("summary").innerText();
    expect(await focused()).toBe(first.replace(/\s+/g, " "));
    await page.keyboard.press("Enter");
    // An example is rendered once the browser has fired its toggle event.
    await items().first().locator(".asked").waitFor({ state: "visible" });
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toBe((await items().nth(1).locator("summary").innerText()).replace(/\s+/g, " "));
    await page.keyboard.press("End");
    expect(await focused()).toBe((await items().last().locator("summary").innerText()).replace(/\s+/g, " "));
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowUp");
    expect(await focused()).toBe(first.replace(/\s+/g, " "));
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
  });

  it("has landmarks and headings in order", async () => {
    await open(made);
    for (const role of ["banner", "main", "contentinfo", "search"] as const)
      expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole("navigation", { name: "Contents" }).count()).toBe(1);
    const levels: number[] = await page.evaluate(
      "[...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1]))",
    );
    expect(levels[0]).toBe(1);
    levels.forEach((level, k) => {
      expect(level - (levels[k - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
    // Screen readers can reach everything on the page.
    expect(await page.getByRole("img").count()).toBe(await page.locator("svg").count());
  });

  it("shows HTML and scripts of the data as text, and never runs them", async () => {
    const evil = `</script><script>window.ran = 1</script><!-- <img src=x onerror="window.ran = 2"> \u2028 '"&amp;`;
    const run = makeRun([{ ...GLM, model: `${evil} glm` }, ROBERTA], { examples: 12, tasks: ["rte"] });
    const samples = run.samples.get("rte")!.map((sample) => ({
      ...sample,
      id: `${sample.id}${evil}`,
      pattern: evil,
      text: `${evil} ${sample.text}`,
      predicted: evil,
      label: evil,
      answers: sample.answers.map((answer) => ({ ...answer, answer: evil, label: evil, tokens: [evil] })),
      fewshot: [evil],
    }));
    const rename = <T extends { pattern: string }>(one: T): T => ({ ...one, pattern: evil, message: evil });
    const labels = [evil, `${evil}2`];
    await open({
      samples: new Map([[evil, samples]]),
      results: {
        ...run.results,
        tasks: run.results.tasks.map((one) => ({
          ...rename(one),
          task: evil,
          title: evil,
          confusion: { ...one.confusion!, labels },
        })),
        baselines: run.results.baselines.map((one) => ({
          ...one,
          modelNote: evil,
          comparisons: one.comparisons.map(rename),
        })),
      },
    });
    await items().first().locator("summary").click();
    const shown = evil.replaceAll("\u2028", " ");
    expect(await items().first().locator(".asked").innerText()).toContain(
      `</script><script>window.ran = 1</script><!-- <img`,
    );
    expect(await page.locator("h1").innerText()).toContain("<img src=x");
    expect(await page.locator("header .facts").innerText()).toContain("<script>window.ran = 1</script>");
    const text = (await page.locator("main").innerText()).replace(/\s+/g, " ");
    expect(text.split(shown.replace(/\s+/g, " ")).length).toBeGreaterThan(20);
    expect(await page.evaluate("window.ran")).toBeUndefined();
    expect(await page.locator("img").count()).toBe(0);
  });

  it("is dark if the reader's system is", async () => {
    const background = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    await open(made, { colorScheme: "light" });
    expect(await background()).toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background()).toBe("rgb(21, 23, 26)");
    // Figures follow the theme.
    const ink = await page.evaluate("getComputedStyle(document.querySelector('svg text')).fill");
    expect(ink).toBe("rgb(230, 232, 234)");
  });

  it("is light on paper, without interactive controls", async () => {
    await open(made, { colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")).toBe(
      "rgb(255, 255, 255)",
    );
    for (const hidden of ["#filters", "#pages", "header nav"])
      expect(await page.locator(hidden).isVisible()).toBe(false);
    for (const shown of [".lead", ".results", "#values svg >> nth=0", "#examples"])
      expect(await page.locator(shown).isVisible()).toBe(true);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
  });

  it("fits a phone and a wide screen: only tables scroll sideways", async () => {
    for (const width of [360, 820, 1920]) {
      await open(made, { viewport: { width, height: 800 } });
      await items().first().locator("summary").click();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      if (width !== 1920) await page.context().close();
    }
  });

  it("shows and searches 10,000 examples of two models", async () => {
    const large = makeRun([GLM, ROBERTA], { examples: 10_000, tasks: ["rte"] });
    await open(large);
    expect(await found()).toBe("10,000 of 10,000 examples, 1–20 shown");
    await page.getByLabel("Search").fill("question 9999?");
    await expectFound(/^1 of 10,000 examples$/);
  });
});
