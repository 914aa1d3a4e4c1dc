// Measured comparisons, each of two things in one run: `npm run bench -- [--threads N] [name…]`. See docs/performance.md.
import os from "node:os";
import { parseArgs } from "node:util";
import type { Dtype } from "../src/models/config/index.js";
import { batch } from "./batch.js";
import { big } from "./big.js";
import { conversion } from "./conversion.js";
import { devices } from "./devices.js";
import { families } from "./families.js";
import { glm } from "./glm.js";
import { head } from "./head.js";
import { judging } from "./judging.js";
import { packing } from "./packing.js";
import { peak } from "./peak.js";
import { precision } from "./precision.js";
import { precisionEffects } from "./precision-effects.js";
import { startup } from "./startup.js";
import { type Bench, machine, markdown, type Row } from "./table.js";

const BENCHES: readonly Bench[] = [
  peak,
  packing,
  head,
  precision,
  conversion,
  batch,
  devices,
  glm,
  families,
  startup,
  judging,
  big,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: String(os.availableParallelism()) },
    // For `effects`, which prints its own table.
    data: { type: "string" },
    tasks: { type: "string" },
    dtypes: { type: "string" },
    model: { type: "string" },
    limit: { type: "string" },
  },
});
const threads = Number(values.threads);
if (positionals[0] === "effects") {
  const { data, tasks, dtypes, model, limit } = values;
  if (data === undefined) {
    process.stderr.write("effects needs --data, the folder with the data sets\n");
    process.exit(2);
  }
  process.stdout.write(`${machine(threads)}\n\n`);
  const lines = precisionEffects({
    data,
    threads,
    ...(tasks !== undefined && { tasks: tasks.split(",") }),
    ...(dtypes !== undefined && { dtypes: dtypes.split(",") as Dtype[] }),
    ...(model !== undefined && { model }),
    ...(limit !== undefined && { limit: Number(limit) }),
  });
  for await (const line of lines) process.stdout.write(`${line}\n`);
  process.exit();
}
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0 || !Number.isInteger(threads) || threads < 1) {
  const problem =
    unknown.length > 0 ? `no bench is called ${unknown.join(", ")}` : "--threads takes a number";
  process.stderr.write(`${problem}; there are ${BENCHES.map(({ name }) => name).join(", ")}, effects\n`);
  process.exit(2);
}

process.stdout.write(`${machine(threads)}\n\n`);
const rows: Row[] = [];
for (const bench of BENCHES.filter(({ name, byName }) =>
  positionals.length === 0 ? !byName : positionals.includes(name),
)) {
  const start = performance.now();
  for await (const row of bench.run({ threads })) {
    rows.push(row);
    process.stderr.write(`${row.bench}: ${row.what}: ${row.result} ${row.note ?? ""}\n`);
  }
  process.stderr.write(`${bench.name} took ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
}
process.stdout.write(`${markdown(rows)}\n`);
