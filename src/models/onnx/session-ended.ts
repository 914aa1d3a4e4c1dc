import { GlmEvalError } from "../../errors.js";
import type { Device } from "./device.js";

/** A session ended unexpectedly: its thread or process is gone, and every later run fails. */
export class SessionEnded extends GlmEvalError {
  /** @param how a clause: "its process was ended by SIGKILL" */
  constructor(
    readonly device: Device,
    readonly how: string,
  ) {
    const hint =
      "Completed scores are kept. Rerun the command with --resume, or start a new run with --device cpu to avoid the GPU.";
    super(
      "device-stopped",
      `${device === "cpu" ? "the model" : device} stopped: ${how}`,
      device === "cpu" ? {} : { hint },
    );
  }
}
