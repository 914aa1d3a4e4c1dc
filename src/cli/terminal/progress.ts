import cliProgress from "cli-progress";

/** Progress on stderr: bars on a terminal, now and then a line elsewhere. */
export interface Progress {
  /** a line of its own: what is being done now */
  say(line: string): void;
  /**
   * A bar under `label`; the same label goes on with the same bar.
   * @param secondsLeft by whoever knows better than the speed so far; undefined where nobody can tell yet
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
    update(label, done, total, unit, secondsLeft) {
      if (label !== current) {
        end();
        current = label;
        bar = new cliProgress.SingleBar({
          stream,
          format: `{label} {bar} {amount} ${unit === "bytes" ? "{eta_formatted} left" : "{left}"}`,
          barsize: 30,
          // The terminal is left as it is, for Ctrl-C may end us without a chance to restore it.
          linewrap: true,
          clearOnComplete: true,
          etaBuffer: 50,
        });
        bar.start(total, 0, { label, amount: "", left: "" });
      }
      bar?.setTotal(total);
      bar?.update(done, { amount: amount(done, total, unit), left: timeLeft(secondsLeft) });
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
    update(label, done, total, unit, secondsLeft) {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      const left = secondsLeft === undefined ? "" : `, ${timeLeft(secondsLeft)}`;
      stream.write(`${label}: ${amount(done, total, unit)}${left}\n`);
    },
    end() {},
  };
}

function amount(done: number, total: number, unit: "bytes" | "questions"): string {
  if (unit === "questions") return `${done}/${total} questions`;
  return `${(done / 1e6).toFixed(0)}/${(total / 1e6).toFixed(0)} MB`;
}

/** "2 h 05 min left"; no finer than the estimate is. */
export function timeLeft(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min left`;
}
