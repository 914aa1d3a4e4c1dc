import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { interleave, ratio } from "./measure.js";
import { type Bench, ratioColumns, times } from "./table.js";

const COMMAND = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const AIM = 2.5;

/** Time of `glm-eval --help`, against a Node process that does nothing. */
export const startup: Bench = {
  name: "startup",
  async *run() {
    const node = (args: readonly string[]) => ({
      async run() {
        await finished(args);
        return 1;
      },
    });
    const rounds = await interleave([node([COMMAND, "--help"]), node(["-e", "0"])], { rounds: 21 });
    // Rates are 1 / time: the empty process's rate over the command's is the command's time over the empty process's.
    const measured = ratio(rounds, 1, 0);
    const milliseconds = (side: number) => {
      const walls = rounds.map((round) => round[side]!.wall * 1000).sort((a, b) => a - b);
      return walls[walls.length >> 1]!.toFixed(0);
    };
    // CPU time covers only this process, which waits.
    const { cpu: _, ...columns } = ratioColumns(measured, times);
    yield {
      bench: "startup",
      what: "time of glm-eval --help / node -e 0",
      ...columns,
      aim: `≤ ${times(AIM)}`,
      reached: measured.median <= AIM,
      note: `${milliseconds(0)} / ${milliseconds(1)} ms`,
    };
  },
};

function finished(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`node ${args.join(" ")} ended with ${code}`)),
    );
  });
}
