#!/usr/bin/env bash
# Packs the tarball that users get, installs it into an empty folder and runs it there.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
npm pack --silent --ignore-scripts --pack-destination "$work" "$root" > "$work/name"
cd "$work"
tarball="$work/$(tail -n 1 name)"
"$root/node_modules/.bin/publint" run "$tarball" --strict
# There is no CommonJS build: require() in Node 22 and import() in older versions load this one.
"$root/node_modules/.bin/attw" "$tarball" --profile esm-only
mkdir user && cd user
npm init --yes > /dev/null
ONNXRUNTIME_NODE_INSTALL=skip npm install --silent "$tarball"
export GLM_EVAL_CACHE="$work/cache"
npx --no-install glm-eval superglue --limit 4 --output run > table.txt
grep -q "SuperGLUE" table.txt
test -s run/results.csv
npx --no-install glm-eval tasks validate node_modules/glm-eval/examples/*/task.yaml
cat > library.mjs <<'JS'
import { builtinTasks, loadModel, PROTOCOLS, scoreTexts } from "glm-eval";
import { createRequire } from "node:module";
import path from "node:path";
const root = path.dirname(createRequire(import.meta.url).resolve("glm-eval/package.json"));
const model = await loadModel(path.join(root, "data/models/glm-tiny"));
const texts = [{ id: "1", text: "Paris is the capital of [MASK].", answers: ["France", "Italy"] }];
const [scored] = await scoreTexts(model, texts, { conventions: PROTOCOLS.glm, maxBatchTokens: 512 });
if (builtinTasks().length !== 10 || scored.answers.length !== 2) process.exit(1);
await model.engine.close();
JS
node library.mjs
# The declarations also compile for users who do not skip library checks.
echo 'export * from "glm-eval";' > declarations.mts
"$root/node_modules/.bin/tsc" --noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2022 \
  --typeRoots "$root/node_modules/@types" --types node declarations.mts
echo "package: $(du -h "$tarball" | cut -f1), installed, run as a command and as a library"
