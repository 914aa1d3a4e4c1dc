// Measured comparisons, each of two things in one run: `npm run bench -- [--threads N] [name…]`. See docs/performance.md.
import os from "node:os";
import { parseArgs } from "node:util";
import { batch } from "./batch.js";
import { conversion } from "./conversion.js";
import { devices } from "./devices.js";
import { families } from "./families.js";
import { glm } from "./glm.js";
import { head } from "./head.js";
import { packing } from "./packing.js";
import { peak } from "./peak.js";
import { precision } from "./precision.js";
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
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string", default: String(os.availableParallelism()) } },
});
const threads = Number(values.threads);
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0 || !Number.isInteger(threads) || threads < 1) {
  const problem =
    unknown.length > 0 ? `no bench is called ${unknown.join(", ")}` : "--threads takes a number";
  process.stderr.write(`${problem}; there are ${BENCHES.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

process.stdout.write(`${machine(threads)}\n\n`);
const rows: Row[] = [];
for (const bench of BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const start = performance.now();
  for await (const row of bench.run({ threads })) {
    rows.push(row);
    process.stderr.write(`${row.bench}: ${row.what}: ${row.result} ${row.note ?? ""}\n`);
  }
  process.stderr.write(`${bench.name} took ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
}
process.stdout.write(`${markdown(rows)}\n`);
