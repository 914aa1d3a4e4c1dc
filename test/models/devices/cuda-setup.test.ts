import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { checkTarget, installByScript, installFrom } from "../../../src/models/devices/index.js";
import { makeZip } from "./make-zip.js";

const VERSION: string = createRequire(import.meta.url)("onnxruntime-node/package.json").version;
const SHARED = "libonnxruntime_providers_shared.so";
const CUDA = "libonnxruntime_providers_cuda.so";
const TENSORRT = "libonnxruntime_providers_tensorrt.so";
const INSIDE = "runtimes/linux-x64/native";

const root = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(root, "runtime-"));
});

/** Makes the part of an ELF file for x86-64 that is checked, plus a name to identify it. */
function library(name: string, machine = 62): Buffer {
  const header = Buffer.alloc(20);
  header.write("\x7fELF", 0, "latin1");
  header.writeUInt16LE(machine, 18);
  return Buffer.concat([header, Buffer.from(name.repeat(500))]);
}
const nuspec = (version: string) =>
  Buffer.from(
    `<?xml version="1.0"?><package><metadata><id>x</id><version>${version}</version></metadata></package>`,
  );

function makePackage(version: string, names: readonly string[], machine = 62): string {
  const libraries = names.map((name) => [`${INSIDE}/${name}`, library(name, machine)]);
  const file = path.join(mkdtempSync(path.join(root, "package-")), "gpu.nupkg");
  writeFileSync(file, makeZip({ "gpu.nuspec": nuspec(version), ...Object.fromEntries(libraries) }));
  return file;
}

describe("installing from a package", () => {
  it("installs all three libraries, and nothing else", async () => {
    const installed = await installFrom(makePackage(VERSION, [SHARED, CUDA, TENSORRT]), folder);
    expect(installed).toEqual({ files: [SHARED, CUDA, TENSORRT], version: VERSION });
    expect(readdirSync(folder).sort()).toEqual([CUDA, SHARED, TENSORRT].sort());
    for (const name of [SHARED, CUDA, TENSORRT])
      expect(readFileSync(path.join(folder, name)).equals(library(name))).toBe(true);
  });

  it("replaces existing files", async () => {
    writeFileSync(path.join(folder, CUDA), "old");
    await installFrom(makePackage(VERSION, [SHARED, CUDA]), folder);
    expect(readFileSync(path.join(folder, CUDA)).equals(library(CUDA))).toBe(true);
  });

  it.each([
    [
      "another version",
      () => makePackage("1.20.1", [SHARED, CUDA]),
      `has version 1.20.1, but the installed ONNX Runtime is ${VERSION}`,
    ],
    ["a library that is missing", () => makePackage(VERSION, [SHARED]), `does not contain ${CUDA}`],
    [
      "another processor",
      () => makePackage(VERSION, [SHARED, CUDA], 183),
      "is not a library for Linux on x64",
    ],
    ["no such file", () => path.join(root, "none.nupkg"), "no such file or folder"],
  ])("%s: reports it, and installs nothing", async (_, make, message) => {
    await expect(installFrom(make(), folder)).rejects.toMatchObject({
      kind: "model",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("--from FILE"),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("a damaged package: names the entry, and installs nothing", async () => {
    const file = makePackage(VERSION, [SHARED, CUDA]);
    const bytes = readFileSync(file);
    // In the middle of the last library's compressed data.
    const at = bytes.lastIndexOf(Buffer.from(`${INSIDE}/${CUDA}`), bytes.indexOf("PK\x01\x02")) + 100;
    bytes[at] = bytes[at]! ^ 0xff;
    writeFileSync(file, bytes);
    await expect(installFrom(file, folder)).rejects.toMatchObject({
      kind: "data",
      message: expect.stringContaining(`${INSIDE}/${CUDA}" is damaged`),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("a file that is not a package", async () => {
    const file = path.join(root, "text.nupkg");
    writeFileSync(file, "no zip at all, but long enough to hold the end of a zip directory");
    await expect(installFrom(file, folder)).rejects.toMatchObject({ kind: "data" });
  });
});

describe("installing from a folder", () => {
  it.each([".", INSIDE])("with the libraries in %s", async (place) => {
    const from = mkdtempSync(path.join(root, "from-"));
    mkdirSync(path.join(from, place), { recursive: true });
    for (const name of [SHARED, CUDA]) writeFileSync(path.join(from, place, name), library(name));
    expect(await installFrom(from, folder)).toEqual({ files: [SHARED, CUDA] });
    expect(readdirSync(folder).sort()).toEqual([CUDA, SHARED].sort());
  });

  it("an unpacked package of another version is refused", async () => {
    const from = mkdtempSync(path.join(root, "from-"));
    writeFileSync(path.join(from, "gpu.nuspec"), nuspec("1.29.0"));
    for (const name of [SHARED, CUDA]) writeFileSync(path.join(from, name), library(name));
    await expect(installFrom(from, folder)).rejects.toMatchObject({
      message: expect.stringContaining("version 1.29.0"),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("an empty one", async () => {
    const from = mkdtempSync(path.join(root, "from-"));
    const message = `${from} does not contain ${SHARED} and ${CUDA}`;
    await expect(installFrom(from, folder)).rejects.toMatchObject({ kind: "model", message });
  });
});

describe("installing by ONNX Runtime's own script", () => {
  const script = (body: string): string => {
    const file = path.join(mkdtempSync(path.join(root, "script-")), "install.cjs");
    writeFileSync(file, body);
    return file;
  };

  it("requests CUDA 12, and checks that the libraries are there", async () => {
    const write = [SHARED, CUDA]
      .map((name) => `require("fs").writeFileSync(${JSON.stringify(path.join(folder, name))}, "x");`)
      .join("");
    const asks = 'if (process.argv[2] !== "--onnxruntime-node-install=cuda12") process.exit(1);';
    const installed = await installByScript(script(asks + write), folder);
    expect(installed).toEqual({ files: [SHARED, CUDA], version: VERSION });
  });

  it("without a network: reports it, with what to do", async () => {
    const offline = 'throw new Error("getaddrinfo ENOTFOUND packages.example");';
    await expect(installByScript(script(offline), folder)).rejects.toMatchObject({
      kind: "model",
      message: "the CUDA provider could not be downloaded: Error: getaddrinfo ENOTFOUND packages.example",
      hint: expect.stringContaining(`${VERSION}, then pass --from FILE`),
    });
  });

  it("a script that does nothing counts as a failure", async () => {
    await expect(installByScript(script(""), folder)).rejects.toMatchObject({
      message: "ONNX Runtime's install script failed",
    });
  });
});

describe("the folder of the libraries", () => {
  it("is available only on Linux for x64", async () => {
    await expect(checkTarget(folder, "darwin-arm64")).rejects.toMatchObject({
      kind: "model",
      message: expect.stringContaining("this is darwin-arm64"),
    });
    await expect(checkTarget(folder, "linux-x64")).resolves.toBeUndefined();
  });

  it("is not writable: reports it before anything is done", async () => {
    await expect(checkTarget(path.join(folder, "none"), "linux-x64")).rejects.toMatchObject({
      kind: "model",
      message: `${path.join(folder, "none")} is not writable`,
    });
  });
});
