import { execFile } from "node:child_process";
import { access, constants, copyFile, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { extractEntry, readZipDirectory, WeightFile, type ZipEntry } from "../checkpoint/index.js";
import { CUDA_FILES, hasCudaProvider, RUNTIME_VERSION } from "./cuda-files.js";

const PACKAGE = "Microsoft.ML.OnnxRuntime.Gpu.Linux";
const GET_PACKAGE = `Where there is a network, download the NuGet package ${PACKAGE} ${RUNTIME_VERSION} and say --from FILE.`;
/** Where the libraries lie in the package. */
const INSIDE = "runtimes/linux-x64/native";

/** What the installation did. */
export interface Installed {
  readonly files: readonly string[];
  /** of the package; undefined for libraries by themselves, which do not tell */
  readonly version?: string;
}

/** @throws GlmEvalError (model) where ONNX Runtime's folder cannot be written to, or there is no CUDA for the machine */
export async function checkTarget(
  folder: string,
  machine = `${process.platform}-${process.arch}`,
): Promise<void> {
  if (machine !== "linux-x64")
    throw new GlmEvalError(
      "machine-not-supported",
      `ONNX Runtime has CUDA for Node on linux-x64 only; this is ${machine}`,
      {
        hint: "--device webgpu uses the GPU without CUDA.",
      },
    );
  await access(folder, constants.W_OK).catch(() => {
    throw new GlmEvalError("cuda-not-installed", `${folder} cannot be written to`, {
      hint: "Run the command as the user who installed glm-eval, or install glm-eval in a folder of your own.",
    });
  });
}

/**
 * Copies ONNX Runtime's CUDA provider out of a NuGet package (.nupkg or .zip), or a folder with the libraries or such a
 * package unpacked. The provider for TensorRT, which is not used, comes along where it is there.
 * @throws GlmEvalError (model) where nothing is there, libraries are missing or of another version; (data) where a
 *   package is damaged
 */
export async function installFrom(from: string, folder: string): Promise<Installed> {
  const found = await stat(from).catch(() => undefined);
  if (found === undefined)
    throw new GlmEvalError("cuda-not-installed", `no such file or folder: ${from}`, { hint: GET_PACKAGE });
  return found.isDirectory() ? await fromFolder(from, folder) : await fromPackage(from, folder);
}

async function fromFolder(from: string, folder: string): Promise<Installed> {
  const places = [from, path.join(from, INSIDE)];
  const lists = await Promise.all(places.map((place) => readdir(place).catch(() => [] as string[])));
  const at = lists.findIndex((names) => CUDA_FILES.some((name) => names.includes(name)));
  const names = CUDA_FILES.filter((name) => lists[at]?.includes(name));
  checkWhole(names, from);
  const nuspec = lists[0]!.find((name) => name.endsWith(".nuspec"));
  const version = nuspec && versionOf(await readFile(path.join(from, nuspec), "utf8"), from);
  await putInPlace(names, folder, (name, target) => copyFile(path.join(places[at]!, name), target));
  return { files: names, ...(version && { version }) };
}

async function fromPackage(from: string, folder: string): Promise<Installed> {
  const file = await WeightFile.open(from);
  try {
    const entries = await readZipDirectory(file, { allowDeflated: true });
    const entryOf = (name: string): ZipEntry | undefined =>
      entries.get(`${INSIDE}/${name}`) ?? entries.get(name);
    const names = CUDA_FILES.filter((name) => entryOf(name) !== undefined);
    checkWhole(names, from);
    const nuspec = [...entries.values()].find(({ name }) => /^[^/]+\.nuspec$/.test(name));
    const version = nuspec && versionOf(await textOf(file, nuspec, folder), from);
    await putInPlace(names, folder, (name, target) => extractEntry(file, entryOf(name)!, target));
    return { files: names, ...(version && { version }) };
  } finally {
    await file.close();
  }
}

function checkWhole(names: readonly string[], from: string): void {
  const missing = CUDA_FILES.slice(0, 2).filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new GlmEvalError("cuda-not-installed", `${from} does not hold ${missing.join(" and ")}`, {
      hint: GET_PACKAGE,
    });
}

/** @throws GlmEvalError (model) where it is not ONNX Runtime's own */
function versionOf(nuspec: string, from: string): string | undefined {
  const version = /<version>\s*([^<\s]+)\s*<\/version>/.exec(nuspec)?.[1];
  if (version === undefined || version === RUNTIME_VERSION) return version;
  throw new GlmEvalError(
    "cuda-not-installed",
    `${from} is of version ${version}; ONNX Runtime here is ${RUNTIME_VERSION}`,
    {
      hint: GET_PACKAGE,
    },
  );
}

async function textOf(file: WeightFile, entry: ZipEntry, folder: string): Promise<string> {
  const temporary = path.join(folder, `nuspec.${process.pid}.partial`);
  try {
    await extractEntry(file, entry, temporary);
    return await readFile(temporary, "utf8");
  } finally {
    await rm(temporary, { force: true });
  }
}

/** All of the files or none: they are given their names only once all are there and are what they should be. */
async function putInPlace(
  names: readonly string[],
  folder: string,
  put: (name: string, target: string) => Promise<void>,
): Promise<void> {
  const temporary = (name: string) => path.join(folder, `${name}.${process.pid}.partial`);
  try {
    for (const name of names) {
      await put(name, temporary(name));
      await checkLibrary(temporary(name), name);
    }
    for (const name of names) await rename(temporary(name), path.join(folder, name));
  } finally {
    await Promise.all(names.map((name) => rm(temporary(name), { force: true })));
  }
}

/** ELF for x86-64 (System V ABI: magic number; e_machine 62 at byte 18). */
async function checkLibrary(file: string, name: string): Promise<void> {
  const handle = await open(file);
  const header = Buffer.alloc(20);
  try {
    await handle.read(header, 0, header.length, 0);
  } finally {
    await handle.close();
  }
  if (header.toString("latin1", 0, 4) === "\x7fELF" && header.readUInt16LE(18) === 62) return;
  throw new GlmEvalError("cuda-not-installed", `${name} is no library for Linux on x64`, {
    hint: GET_PACKAGE,
  });
}

/**
 * Runs onnxruntime-node's own install script, which downloads the provider.
 * @throws GlmEvalError (model) where it fails: mostly as there is no network
 */
export async function installByScript(script: string, folder: string): Promise<Installed> {
  const { error, output } = await new Promise<{ error: Error | null; output: string }>((resolve) => {
    const flags = [script, "--onnxruntime-node-install=cuda12"];
    execFile(process.execPath, flags, { maxBuffer: 2 ** 26 }, (failure, stdout, stderr) =>
      resolve({ error: failure, output: stdout + stderr }),
    );
  });
  if (error === null && hasCudaProvider(folder)) {
    const there = await readdir(folder);
    return { files: CUDA_FILES.filter((name) => there.includes(name)), version: RUNTIME_VERSION };
  }
  // Node's report of what was thrown: its line, below an excerpt of the source.
  const said = /^\w*Error\b.*: .*$/m.exec(output)?.[0].trim();
  const isNetwork = /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|socket/.test(output);
  const problem = isNetwork
    ? "the CUDA provider cannot be downloaded"
    : "ONNX Runtime's install script failed";
  throw new GlmEvalError("cuda-not-installed", `${problem}${said === undefined ? "" : `: ${said}`}`, {
    hint: GET_PACKAGE,
  });
}
