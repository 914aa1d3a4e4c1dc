import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exitBelowFloors } from "../../../src/cli/terminal/exit.js";
import { openReport } from "../../../src/cli/terminal/open-report.js";

const folder = mkdtempSync(path.join(tmpdir(), "glm-eval-report-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a report's file", () => {
  const file = path.join(folder, "report.zip");
  const write = async (force: boolean, content: string | Uint8Array) => {
    const out = await openReport(file, { force, isBinary: true });
    await out.write(content);
    await out.close();
  };

  it("is written unchanged, and replaced only with --force", async () => {
    await write(false, Uint8Array.of(0x50, 0x4b, 0xff));
    expect([...readFileSync(file)]).toEqual([0x50, 0x4b, 0xff]);
    await expect(write(false, "other")).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("report.zip already exists"),
      hint: expect.stringContaining("--force"),
    });
    expect(readFileSync(file)).toHaveLength(3);
    await write(true, "b");
    expect(readFileSync(file, "utf8")).toBe("b");
  });

  it("keeps its content if the work fails", async () => {
    writeFileSync(file, "before");
    const out = await openReport(file, { force: true, isBinary: false });
    await out.close();
    expect(readFileSync(file, "utf8")).toBe("before");
  });
});

describe("results below --fail-under", () => {
  let before: typeof process.exitCode;
  beforeEach(() => {
    before = process.exitCode;
    process.exitCode = undefined;
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = before;
  });

  it("end with 100 and one line", () => {
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    exitBelowFloors(["boolq 65.2, expected 70", "superglue 58.0, expected 60"]);
    expect(process.exitCode).toBe(100);
    expect(written.mock.calls).toEqual([
      ["glm-eval: below --fail-under: boolq 65.2, expected 70; superglue 58.0, expected 60\n"],
    ]);
  });

  it("do not hide that tasks failed, and print nothing if there are none", () => {
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    exitBelowFloors([]);
    expect(process.exitCode).toBeUndefined();
    expect(written).not.toHaveBeenCalled();
    process.exitCode = 5;
    exitBelowFloors(["cb 1.0, expected 2"]);
    expect(process.exitCode).toBe(5);
  });
});
