import cliProgress from "cli-progress";

/** Progress on stderr: bars on a terminal, now and then a line elsewhere. */
export interface Progress {
  /** a line of its own: what is being done now */
  say(line: string): void;
  /** a bar under `label`; the same label goes on with the same bar */
  update(label: string, done: number, total: number, unit: "bytes" | "questions"): void;
  /** ends the bar, if there is one */
  end(): void;
}

const LINE_EVERY_MS = 10_000;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bars(stream) : lines(stream);
}

function bars(stream: NodeJS.WriteStream): Progress {
  let bar: cliProgress.SingleBar | undefined;
  let current = "";
  const end = (): void => {
    bar?.stop();
    bar = undefined;
    current = "";
  };
  return {
    say(line) {
      end();
      stream.write(`${line}\n`);
    },
    update(label, done, total, unit) {
      if (label !== current) {
        end();
        current = label;
        bar = new cliProgress.SingleBar({
          stream,
          format: "{label} {bar} {amount} {eta_formatted} left",
          barsize: 30,
          // The terminal is left as it is, for Ctrl-C may end us without a chance to restore it.
          linewrap: true,
          clearOnComplete: true,
          etaBuffer: 50,
        });
        bar.start(total, 0, { label, amount: "" });
      }
      bar?.setTotal(total);
      bar?.update(done, { amount: amount(done, total, unit) });
    },
    end,
  };
}

function lines(stream: NodeJS.WriteStream): Progress {
  let last = Date.now();
  return {
    say(line) {
      last = Date.now();
      stream.write(`${line}\n`);
    },
    update(label, done, total, unit) {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      stream.write(`${label}: ${amount(done, total, unit)}\n`);
    },
    end() {},
  };
}

function amount(done: number, total: number, unit: "bytes" | "questions"): string {
  if (unit === "questions") return `${done}/${total} questions`;
  return `${(done / 1e6).toFixed(0)}/${(total / 1e6).toFixed(0)} MB`;
}
