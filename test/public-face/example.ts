import { inspect } from "node:util";
import ts from "typescript";
import * as library from "../../src/index.js";

/** Code of the documentation, as a user would have it in a file. */
export interface Example {
  /** where it stands: "run", "README.md 1" */
  readonly name: string;
  readonly code: string;
}

/** The example as a module: with the imports from glm-eval that documentation leaves out. */
export function moduleOf({ code }: Example, exported: readonly string[]): string {
  if (code.includes('from "glm-eval"')) return code;
  const used = exported.filter((name) => new RegExp(`(?<![.\\w])${name}\\b(?! ?:)`).test(code));
  const own = used.filter((name) => !new RegExp(`\\b(const|let|function|interface) ${name}\\b`).test(code));
  return `import { ${own.join(", ")} } from "glm-eval";\n${code}\nexport {};\n`;
}

/** What TypeScript says of modules that import from "glm-eval", which is `src/index.ts`. */
export function typeErrors(modules: ReadonlyMap<string, string>): string[] {
  const root = process.cwd();
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    paths: { "glm-eval": [`${root}/src/index.ts`] },
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const files = new Map(
    [...modules].map(([name, text]) => [`${root}/test/${name.replace(/\W/g, "-")}.example.ts`, text]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start, messageText }) => {
      const { line } = source.getLineAndCharacterOfPosition(start ?? 0);
      const text = ts.flattenDiagnosticMessageText(messageText, "\n");
      return `${file.slice(root.length + 1)}: ${source.text.split("\n")[line]}: ${text}`;
    });
  });
}

const AsyncFunction = (async () => undefined).constructor as new (
  ...parameters: string[]
) => (...values: unknown[]) => Promise<void>;

/** What `console.log(…); // …` printed, beside what the comment says. */
export interface Printed {
  readonly printed: string;
  readonly expected: string;
}

/** Runs an example's module. It prints nothing. */
export async function runModule(text: string): Promise<Printed[]> {
  const checked = text.replace(/^( *)console\.log\((.*)\); \/\/ (.*)$/gm, (_, indent, values, said) => {
    return `${indent}console.check(${JSON.stringify(said)}, ${values});`;
  });
  const { outputText } = ts.transpileModule(checked, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const body = outputText
    .replace(/^export \{\};$/gm, "")
    .replace(/^export (default|const|(?:async )?function)/gm, (_, kind) =>
      kind === "default" ? "void" : kind,
    )
    .replace(
      /^import \{ (.*) \} from "glm-eval";$/gm,
      (_, names) => `const { ${asMembers(names)} } = library;`,
    )
    .replace(/^import \{ (.*) \} from "(node:.*)";$/gm, "const { $1 } = process.getBuiltinModule('$2');");
  const printed: Printed[] = [];
  const shown = (value: unknown) => (typeof value === "string" ? value : inspect(value));
  const console = {
    log: (...values: unknown[]) => void values.map(shown),
    check: (expected: string, ...values: unknown[]) =>
      printed.push({ printed: values.map(shown).join(" "), expected }),
  };
  await new AsyncFunction("library", "console", body)(library, console);
  return printed;
}

const asMembers = (names: string): string => names.replace(/ as /g, ": ");
