// Puts entries into a score cache from a process of its own: FOLDER NAME COUNT. Says "ready", then waits for a line.
import { openScoreCache } from "../../../../src/runner/index.js";
import { FACTS } from "../../sittings.js";

const [folder, name, count] = process.argv.slice(2) as [string, string, string];
const cache = await openScoreCache({
  folder,
  model: name,
  facts: FACTS,
  onTrouble: (sentence) => process.stdout.write(`${sentence}\n`),
});
process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));
for (let k = 0; k < Number(count); k++) {
  const key = `${name}${String(k).padStart(31, "0")}`;
  const tokenIds = Array.from({ length: 1 + (k % 300) }, (_, n) => n);
  const logs = tokenIds.map((n) => -n / 7);
  const flags = tokenIds.map(() => false);
  const closing = { tokenIds, logProbs: logs, isGreedy: flags };
  await cache.put([{ key, answers: [{ tokenIds, tokenLogProbs: logs, isGreedy: flags, closing }] }]);
}
await cache.close();
process.exit();
