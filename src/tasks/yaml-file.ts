import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { FilePosition, FindingCode, Problems } from "../findings.js";
import type { Origin } from "../patterns/index.js";
import { sourceOffsets } from "./yaml-scalar.js";

/** What the library finds where a pattern's text stands without quotes: "Question: …", "{{ text }} …", "[MASK] …". */
const UNQUOTED: ReadonlySet<string> = new Set(["BLOCK_AS_IMPLICIT_KEY", "UNEXPECTED_TOKEN"]);
const QUOTE = 'a text that has ": " in it, or begins with {, [ or a quote, stands in quotes as a whole';

export type Path = readonly (string | number)[];

/** A YAML file whose values know where they stand. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** of a value, or of the nearest value around it */
  position(path: Path): FilePosition;
  /** of a key */
  positionOfKey(path: Path): FilePosition;
  /** Where a text stands, for errors inside it. */
  origin(path: Path): Origin;
}

/** @returns undefined where the text is no YAML, which is reported */
export function parseYaml(file: string, text: string, problems: Problems): YamlFile | undefined {
  const lines = new LineCounter();
  const lineAndColumn = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const positionOf = (start = 0, end = start): FilePosition => {
    const from = lineAndColumn(start);
    const to = lineAndColumn(end);
    return { file, ...from, ...(to.line === from.line && end > start && { endColumn: to.column }) };
  };
  const report = (
    severity: "error" | "warning",
    code: FindingCode,
    position: FilePosition,
    message: string,
    hint?: string,
  ) => problems.add({ severity, code, ...position, message, hint });

  let document: Document;
  let value: unknown;
  try {
    // The library compares each key with all others of its map, which takes for ever in a hostile file.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    for (const { pos, code, message } of document.errors)
      report(
        "error",
        "not-yaml",
        positionOf(pos[0], pos[1]),
        `the file is not YAML: ${message}`,
        UNQUOTED.has(code) ? QUOTE : undefined,
      );
    if (document.errors.length > 0) return undefined;
    for (const { pos, message } of document.warnings)
      report("warning", "odd-yaml", positionOf(pos[0], pos[1]), message);
    checkKeys(document, (key, first, name) => {
      const { line } = lineAndColumn(first.range![0]);
      const position = positionOf(key.range![0], key.range![1]);
      report(
        "error",
        "duplicate-key",
        position,
        `found the key "${name}" again; line ${line} has it already`,
      );
    });
    value = document.toJS();
  } catch (error) {
    // Aliases that multiply (ReferenceError), and nesting beyond the stack (RangeError).
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    report("error", "yaml-too-big", positionOf(), `the file cannot be unfolded: ${error.message}`);
    return undefined;
  }

  const pairOf = keyedPairs();
  const nodeAt = (path: Path): Node | null => {
    let node = document.contents;
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
    value,
    position(path) {
      const [start, end] = nodeAt(path)?.range ?? [];
      return positionOf(start, end);
    },
    positionOfKey(path) {
      const map = nodeAt(path.slice(0, -1));
      const key = isMap(map) ? pairOf(map, path.at(-1)!)?.key : undefined;
      const [start, end] = (isNode(key) ? key : map)?.range ?? [];
      return positionOf(start, end);
    },
    origin(path) {
      const node = nodeAt(path);
      if (!isScalar(node) || typeof node.value !== "string")
        return { file, at: () => lineAndColumn(node?.range?.[0] ?? 0) };
      const scalar = { type: node.type, range: node.range, value: node.value };
      let offsets: readonly number[] | undefined;
      return {
        file,
        at(offset) {
          offsets ??= sourceOffsets(text, scalar);
          return lineAndColumn(offsets[offset] ?? node.range?.[1] ?? 0);
        },
      };
    },
  };
}

/** Finds the keys that a map has twice, and leaves only the first of each. */
function checkKeys(document: Document, found: (again: Node, first: Node, name: string) => void): void {
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, Node>();
      map.items = map.items.filter(({ key }) => {
        if (!isScalar(key)) return true;
        const name = String(key.value);
        const first = seen.get(name);
        if (first === undefined) seen.set(name, key);
        else found(key, first, name);
        return first === undefined;
      });
    },
  });
}

/**
 * Finds a map's pair by its key. Keys are compared as texts: YAML reads `false` and `2` as what they are, JavaScript's
 * objects do not.
 */
function keyedPairs(): (map: YAMLMap, key: string | number) => Pair | undefined {
  const known = new WeakMap<YAMLMap, Map<string, Pair>>();
  return (map, key) => {
    let pairs = known.get(map);
    if (pairs === undefined) {
      pairs = new Map(
        map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])),
      );
      known.set(map, pairs);
    }
    return pairs.get(String(key));
  };
}
