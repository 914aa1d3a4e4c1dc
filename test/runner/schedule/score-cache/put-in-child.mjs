// Puts entries into a score cache from its own process: FOLDER NAME COUNT FACTS. Says "ready", then waits for a line.
// It loads the built cache and nothing else: these processes are started by the dozen.
const { openScoreCache } = await import(
  new URL("../../../../dist/runner/schedule/score-cache/index.js", import.meta.url).href
);

const [folder, name, count, facts] = process.argv.slice(2);
const cache = await openScoreCache({
  folder,
  model: name,
  facts: JSON.parse(String(facts)),
  onTrouble: (/** @type {string} */ sentence) => process.stdout.write(`${sentence}\n`),
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
