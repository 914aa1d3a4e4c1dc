import { execFile } from "node:child_process";
import { access, constants, copyFile, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { extractEntry, readZipDirectory, WeightFile, type ZipEntry } from "../checkpoint/index.js";
import { CUDA_FILES, hasCudaProvider, RUNTIME_VERSION } from "./cuda-files.js";

const PACKAGE = "Microsoft.ML.OnnxRuntime.Gpu.Linux";
const GET_PACKAGE = `On a machine with a network, download the NuGet package ${PACKAGE} ${RUNTIME_VERSION}, then pass --from FILE.`;
/** The folder of the libraries in the package. */
const INSIDE = "runtimes/linux-x64/native";

/** The result of an installation. */
export interface Installed {
  readonly files: readonly string[];
  /** version of the package; undefined for bare libraries, which do not state it */
  readonly version?: string;
}

/**
 * @throws GlmEvalError (model) if ONNX Runtime's folder is not writable, or there is no CUDA provider for the machine
 */
export async function checkTarget(
  folder: string,
  machine = `${process.platform}-${process.arch}`,
): Promise<void> {
  if (machine !== "linux-x64")
    throw new GlmEvalError(
      "machine-not-supported",
      `ONNX Runtime for Node supports CUDA only on linux-x64; this is ${machine}`,
      {
        hint: "Pass --device webgpu to use the GPU without CUDA.",
      },
    );
  await access(folder, constants.W_OK).catch(() => {
    throw new GlmEvalError("cuda-not-installed", `${folder} is not writable`, {
      hint: "Run the command as the user who installed glm-eval, or install glm-eval in your own folder.",
    });
  });
}

/**
 * Copies ONNX Runtime's CUDA provider from a NuGet package (.nupkg or .zip), or from a folder with the libraries or an
 * unpacked package. The provider for TensorRT, which is not used, is copied too if it is there.
 * @throws GlmEvalError (model) if the path does not exist, or if libraries are missing or of another version; (data)
 *   if a package is damaged
 */
export async function installFrom(from: string, folder: string): Promise<Installed> {
  const found = await stat(from).catch(() => undefined);
  if (found === undefined)
    throw new GlmEvalError("cuda-not-installed", `no such file or folder: ${from}`, { hint: GET_PACKAGE });
  return found.isDirectory() ? await installFromFolder(from, folder) : await installFromPackage(from, folder);
}

async function installFromFolder(from: string, folder: string): Promise<Installed> {
  const places = [from, path.join(from, INSIDE)];
  const lists = await Promise.all(places.map((place) => readdir(place).catch(() => [] as string[])));
  const at = lists.findIndex((names) => CUDA_FILES.some((name) => names.includes(name)));
  const names = CUDA_FILES.filter((name) => lists[at]?.includes(name));
  checkComplete(names, from);
  const nuspec = lists[0]!.find((name) => name.endsWith(".nuspec"));
  const version = nuspec && readVersion(await readFile(path.join(from, nuspec), "utf8"), from);
  await installFiles(names, folder, (name, target) => copyFile(path.join(places[at]!, name), target));
  return { files: names, ...(version && { version }) };
}

async function installFromPackage(from: string, folder: string): Promise<Installed> {
  const file = await WeightFile.open(from);
  try {
    const entries = await readZipDirectory(file, { allowDeflated: true });
    const findEntry = (name: string): ZipEntry | undefined =>
      entries.get(`${INSIDE}/${name}`) ?? entries.get(name);
    const names = CUDA_FILES.filter((name) => findEntry(name) !== undefined);
    checkComplete(names, from);
    const nuspec = [...entries.values()].find(({ name }) => /^[^/]+\.nuspec$/.test(name));
    const version = nuspec && readVersion(await readText(file, nuspec, folder), from);
    await installFiles(names, folder, (name, target) => extractEntry(file, findEntry(name)!, target));
    return { files: names, ...(version && { version }) };
  } finally {
    await file.close();
  }
}

function checkComplete(names: readonly string[], from: string): void {
  const missing = CUDA_FILES.slice(0, 2).filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new GlmEvalError("cuda-not-installed", `${from} does not contain ${missing.join(" and ")}`, {
      hint: GET_PACKAGE,
    });
}

/** @throws GlmEvalError (model) if it differs from ONNX Runtime's own */
function readVersion(nuspec: string, from: string): string | undefined {
  const version = /<version>\s*([^<\s]+)\s*<\/version>/.exec(nuspec)?.[1];
  if (version === undefined || version === RUNTIME_VERSION) return version;
  throw new GlmEvalError(
    "cuda-not-installed",
    `${from} has version ${version}, but the installed ONNX Runtime is ${RUNTIME_VERSION}`,
    {
      hint: GET_PACKAGE,
    },
  );
}

async function readText(file: WeightFile, entry: ZipEntry, folder: string): Promise<string> {
  const temporary = path.join(folder, `nuspec.${process.pid}.partial`);
  try {
    await extractEntry(file, entry, temporary);
    return await readFile(temporary, "utf8");
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Installs all files or none: they get their final names only after all of them are written and checked. */
async function installFiles(
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

/** Checks that a file is ELF for x86-64 (System V ABI: magic number; e_machine 62 at byte 18). */
async function checkLibrary(file: string, name: string): Promise<void> {
  const handle = await open(file);
  const header = Buffer.alloc(20);
  try {
    await handle.read(header, 0, header.length, 0);
  } finally {
    await handle.close();
  }
  if (header.toString("latin1", 0, 4) === "\x7fELF" && header.readUInt16LE(18) === 62) return;
  throw new GlmEvalError("cuda-not-installed", `${name} is not a library for Linux on x64`, {
    hint: GET_PACKAGE,
  });
}

/**
 * Runs onnxruntime-node's own install script, which downloads the provider.
 * @throws GlmEvalError (model) if it fails, usually because there is no network
 */
export async function installByScript(script: string, folder: string): Promise<Installed> {
  const { error, output } = await new Promise<{ error: Error | null; output: string }>((resolve) => {
    const flags = [script, "--onnxruntime-node-install=cuda12"];
    execFile(process.execPath, flags, { maxBuffer: 2 ** 26 }, (failure, stdout, stderr) =>
      resolve({ error: failure, output: stdout + stderr }),
    );
  });
  if (error === null && hasCudaProvider(folder)) {
    const installed = await readdir(folder);
    return { files: CUDA_FILES.filter((name) => installed.includes(name)), version: RUNTIME_VERSION };
  }
  // The line with the error in Node's report, which follows an excerpt of the source.
  const errorLine = /^\w*Error\b.*: .*$/m.exec(output)?.[0].trim();
  const isNetwork = /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|socket/.test(output);
  const problem = isNetwork
    ? "the CUDA provider could not be downloaded"
    : "ONNX Runtime's install script failed";
  throw new GlmEvalError(
    "cuda-not-installed",
    `${problem}${errorLine === undefined ? "" : `: ${errorLine}`}`,
    {
      hint: GET_PACKAGE,
    },
  );
}
