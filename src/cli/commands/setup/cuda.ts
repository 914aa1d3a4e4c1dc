import { GlmEvalError } from "../../../errors.js";
import {
  checkTarget,
  getAdvice,
  getRuntimeFolder,
  INSTALL_SCRIPT,
  installByScript,
  installFrom,
  SelfTest,
} from "../../../models/devices/index.js";
import type { SetupCudaOptions } from "../../../options/index.js";

/** `glm-eval setup cuda`: installs ONNX Runtime's CUDA provider and tests it. */
export async function setupCuda({ from }: SetupCudaOptions): Promise<void> {
  const folder = getRuntimeFolder();
  await checkTarget(folder);
  if (from === undefined) process.stderr.write("downloading ONNX Runtime's CUDA provider …\n");
  const { files, version = "unknown version" } =
    from === undefined ? await installByScript(INSTALL_SCRIPT, folder) : await installFrom(from, folder);
  process.stdout.write(
    `installed in ${folder} (${version}):\n${files.map((name) => `  ${name}\n`).join("")}`,
  );
  try {
    const { attention } = await SelfTest.prepare((test) => test.check("cuda:0"));
    process.stdout.write(`cuda:0 works, with ${attention} attention; use it with --device cuda\n`);
  } catch (error) {
    if (!(error instanceof GlmEvalError)) throw error;
    const { message } = error;
    throw new GlmEvalError(
      "device-unavailable",
      `the CUDA provider is installed but does not work: ${message}`,
      {
        hint: `What to do: ${getAdvice("cuda:0", message)}.`,
      },
    );
  }
}
