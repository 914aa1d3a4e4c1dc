import cliProgress from "cli-progress";

/** Progress on stderr: bars on a terminal, otherwise a line every few seconds. */
export interface Progress {
  /** prints a separate line: the current step */
  say(line: string): void;
  /**
   * Shows a bar labeled `label`; the same label continues the same bar.
   * @param secondsLeft a better estimate than one from the speed so far; undefined if there is none yet
   */
  update(
    label: string,
    done: number,
    total: number,
    unit: "bytes" | "questions",
    secondsLeft?: number | undefined,
  ): void;
  /** ends the bar, if there is one */
  end(): void;
}

const LINE_EVERY_MS = 10_000;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? createBars(stream) : createLines(stream);
}

function createBars(stream: NodeJS.WriteStream): Progress {
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
    update(label, done, total, unit, secondsLeft) {
      if (label !== current) {
        end();
        current = label;
        bar = new cliProgress.SingleBar({
          stream,
          format: `{label} {bar} {amount} ${unit === "bytes" ? "{eta_formatted} left" : "{left}"}`,
          barsize: 30,
          // The terminal's settings are left alone, because Ctrl-C may end the process before it can restore them.
          linewrap: true,
          clearOnComplete: true,
          etaBuffer: 50,
        });
        bar.start(total, 0, { label, amount: "", left: "" });
      }
      bar?.setTotal(total);
      bar?.update(done, { amount: formatAmount(done, total, unit), left: formatTimeLeft(secondsLeft) });
    },
    end,
  };
}

function createLines(stream: NodeJS.WriteStream): Progress {
  let last = Date.now();
  return {
    say(line) {
      last = Date.now();
      stream.write(`${line}\n`);
    },
    update(label, done, total, unit, secondsLeft) {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      const left = secondsLeft === undefined ? "" : `, ${formatTimeLeft(secondsLeft)}`;
      stream.write(`${label}: ${formatAmount(done, total, unit)}${left}\n`);
    },
    end() {},
  };
}

function formatAmount(done: number, total: number, unit: "bytes" | "questions"): string {
  if (unit === "questions") return `${done}/${total} questions`;
  return `${(done / 1e6).toFixed(0)}/${(total / 1e6).toFixed(0)} MB`;
}

/** Formats "2 h 05 min left", no finer than the estimate is. */
export function formatTimeLeft(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min left`;
}
