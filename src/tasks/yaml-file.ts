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
import { findSourceOffsets } from "./yaml-scalar.js";

/** The library's errors for a pattern's text without quotes: "Question: …", "{{ text }} …", "[MASK] …". */
const UNQUOTED: ReadonlySet<string> = new Set(["BLOCK_AS_IMPLICIT_KEY", "UNEXPECTED_TOKEN"]);
const QUOTE = 'put the complete text in quotes if it contains ": " or starts with {, [ or a quote';

export type Path = readonly (string | number)[];

/** A YAML file with the positions of its values. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** Returns the position of a value, or of the nearest value around it. */
  position(path: Path): FilePosition;
  /** Returns the position of a key. */
  keyPosition(path: Path): FilePosition;
  /** Returns where a text is, for errors inside it. */
  origin(path: Path): Origin;
}

/** @returns undefined if the text is not YAML, which is reported */
export function parseYaml(file: string, text: string, problems: Problems): YamlFile | undefined {
  const lines = new LineCounter();
  const lineAndColumn = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const getPosition = (start = 0, end = start): FilePosition => {
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
    // The library would compare each key with all others of its map, which takes extremely long in a hostile file.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    for (const { pos, code, message } of document.errors)
      report(
        "error",
        "not-yaml",
        getPosition(pos[0], pos[1]),
        `the file is not YAML: ${message}`,
        UNQUOTED.has(code) ? QUOTE : undefined,
      );
    if (document.errors.length > 0) return undefined;
    for (const { pos, message } of document.warnings)
      report("warning", "odd-yaml", getPosition(pos[0], pos[1]), message);
    checkKeys(document, (key, first, name) => {
      const { line } = lineAndColumn(first.range![0]);
      const position = getPosition(key.range![0], key.range![1]);
      report(
        "error",
        "duplicate-key",
        position,
        `found the key "${name}" again; it is already on line ${line}`,
      );
    });
    value = document.toJS();
  } catch (error) {
    // Aliases that multiply (ReferenceError), and nesting deeper than the stack (RangeError).
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    report("error", "yaml-too-big", getPosition(), `the file cannot be expanded: ${error.message}`);
    return undefined;
  }

  const findPair = makePairFinder();
  const nodeAt = (path: Path): Node | null => {
    let node = document.contents;
    for (const step of path) {
      const next = isMap(node)
        ? findPair(node, step)?.value
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
      return getPosition(start, end);
    },
    keyPosition(path) {
      const map = nodeAt(path.slice(0, -1));
      const key = isMap(map) ? findPair(map, path.at(-1)!)?.key : undefined;
      const [start, end] = (isNode(key) ? key : map)?.range ?? [];
      return getPosition(start, end);
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
          offsets ??= findSourceOffsets(text, scalar);
          return lineAndColumn(offsets[offset] ?? node.range?.[1] ?? 0);
        },
      };
    },
  };
}

/** Reports keys that a map has twice, and keeps only the first of each. */
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
 * Makes a function that finds a map's pair by its key. Keys are compared as strings: YAML reads `false` and `2` as a boolean
 * and a number, JavaScript's objects as strings.
 */
function makePairFinder(): (map: YAMLMap, key: string | number) => Pair | undefined {
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
