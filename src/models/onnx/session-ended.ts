import { GlmEvalError } from "../../errors.js";
import type { Device } from "./device.js";

/** A session's end that nobody asked for: its thread or process is no more, and it answers no run. */
export class SessionEnded extends GlmEvalError {
  /** @param how a clause: "its process was ended by SIGKILL" */
  constructor(
    readonly device: Device,
    readonly how: string,
  ) {
    const hint =
      "What was scored is kept: the same command with --resume goes on; --device cpu in a new run does without the GPU.";
    super(
      "device-stopped",
      `${device === "cpu" ? "the model" : device} stopped: ${how}`,
      device === "cpu" ? {} : { hint },
    );
  }
}
