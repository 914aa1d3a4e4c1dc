import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { GlmEvalError } from "../errors.js";
import type { Origin } from "../patterns/index.js";

export type Path = readonly (string | number)[];

/** A YAML file whose values know where they stand. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** "task.yaml:12:9" of a value, or of the nearest value around it */
  where(path: Path): string;
  /** the same of a key */
  whereKey(path: Path): string;
  /** Where a text stands, for errors inside it. */
  origin(path: Path): Origin;
}

/** @throws GlmEvalError("data") with file:line:column where the text is no YAML */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${file}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined) {
    throw new GlmEvalError("data", `${position(error.pos[0])}: the file is not YAML: ${error.message}`);
  }
  const nodeAt = (path: Path): Node => {
    let node = document.contents as Node;
    for (const step of path) {
      const next = isMap(node)
        ? pairOf(node, step)?.value
        : isSeq(node)
          ? node.items[Number(step)]
          : undefined;
      if (!isNode(next)) break;
      node = next;
    }
    return node;
  };
  return {
    file,
    value: document.toJS(),
    where: (path) => position(nodeAt(path)?.range?.[0]),
    whereKey(path) {
      const map = nodeAt(path.slice(0, -1));
      const key = isMap(map) ? pairOf(map, path.at(-1)!)?.key : undefined;
      return position((isNode(key) ? key : map)?.range?.[0]);
    },
    origin(path) {
      const node = nodeAt(path);
      const start = node?.range?.[0] ?? 0;
      if (!isScalar(node) || typeof node.value !== "string") return { file, line: lines.linePos(start).line };
      const content = text.slice(0, node?.range?.[2]).indexOf(node.value, start);
      const { line, col } = lines.linePos(content < 0 ? start : content);
      // Escapes and folded lines make the value differ from what stands in the file.
      return content < 0 || node.value.includes("\n") ? { file, line } : { file, line, column: col };
    },
  };
}

/** Keys are compared as texts: YAML reads `false` and `2` as what they are, JavaScript's objects do not. */
function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}
