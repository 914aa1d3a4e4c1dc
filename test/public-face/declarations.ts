import path from "node:path";
import ts from "typescript";

/** An export of the package, as its declaration files have it. */
export interface PublicName {
  readonly name: string;
  readonly kind: "function" | "class" | "type" | "constant";
  /** its documentation, without its tags */
  readonly summary: string;
  readonly examples: readonly string[];
}

/** A declaration of ours that one meets in a public signature, and cannot name. */
export interface Leak {
  readonly name: string;
  readonly file: string;
  /** the declaration that it appears in */
  readonly within: string;
}

export interface PublicFace {
  readonly names: readonly PublicName[];
  readonly leaks: readonly Leak[];
  /** the example of the module itself */
  readonly moduleExamples: readonly string[];
}

/** Reads the declarations that the package's users get, from its entry on, through every type that a signature names. */
export function readPublicFace(entry: string): PublicFace {
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${entry}: no module; build the package first`);
  const root = path.dirname(path.resolve(entry));
  const own = ({ fileName }: ts.SourceFile) => path.resolve(fileName).startsWith(`${root}${path.sep}`);
  const resolved = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = checker.getExportsOfModule(module);
  const nameable = new Set(exported.map(resolved));
  const leaks = new Map<ts.Symbol, Leak>();
  const seen = new Set<ts.Symbol>();

  function walk(symbol: ts.Symbol): void {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) visit(declaration, symbol.name);
  }

  function visit(node: ts.Node, within: string): void {
    if (
      ts.canHaveModifiers(node) &&
      node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
    )
      return;
    const reference = referenceOf(node);
    const symbol = reference && checker.getSymbolAtLocation(reference);
    if (symbol) {
      const target = resolved(symbol);
      const declaration = target.declarations?.[0];
      const isLocal =
        !declaration || ts.isTypeParameterDeclaration(declaration) || ts.isParameter(declaration);
      if (!isLocal && own(declaration.getSourceFile())) {
        // What a schema says is the structure of the type that is inferred of it, not a name that it hides.
        const isStructure = ts.isTypeQueryNode(node) || isInferred(declaration);
        if (!nameable.has(target) && !isStructure)
          leaks.set(target, {
            name: target.name,
            file: path.relative(root, declaration.getSourceFile().fileName),
            within,
          });
        walk(target);
      }
    }
    ts.forEachChild(node, (child) => visit(child, within));
  }

  for (const symbol of exported) walk(resolved(symbol));
  const names = exported.map((symbol): PublicName => {
    const target = resolved(symbol);
    return {
      name: symbol.name,
      kind: kindOf(target),
      summary: ts.displayPartsToString(target.getDocumentationComment(checker)).trim(),
      examples: target.getJsDocTags(checker).filter(isExample).map(textOf),
    };
  });
  return { names, leaks: [...leaks.values()], moduleExamples: moduleExamples(source.text) };
}

/** Whether it is an alias of what a schema says: `type A = z.output<typeof schema>`. */
function isInferred(declaration: ts.Declaration): boolean {
  if (!ts.isTypeAliasDeclaration(declaration) || !ts.isTypeReferenceNode(declaration.type)) return false;
  return /^z\.(output|infer)$/.test(declaration.type.typeName.getText());
}

/** The name in a node that refers to a declaration elsewhere. */
function referenceOf(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isTypeQueryNode(node)) return node.exprName;
  if (ts.isImportTypeNode(node)) return node.qualifier;
  return undefined;
}

function kindOf({ flags }: ts.Symbol): PublicName["kind"] {
  if (flags & ts.SymbolFlags.Function) return "function";
  if (flags & ts.SymbolFlags.Class) return "class";
  return flags & ts.SymbolFlags.Type ? "type" : "constant";
}

const isExample = ({ name }: ts.JSDocTagInfo): boolean => name === "example";
const textOf = ({ text }: ts.JSDocTagInfo): string => ts.displayPartsToString(text);

/** Of the first comment of a file, which is the module's. */
function moduleExamples(source: string): string[] {
  const comment = /^\/\*\*[\s\S]*?\*\//.exec(source)?.[0] ?? "";
  if (!comment.includes("@module")) return [];
  const lines = comment.split("\n").map((line) => line.replace(/^ \*( |\/|$)/, ""));
  return lines
    .join("\n")
    .split(/^@example\n/m)
    .slice(1)
    .map((text) => text.split(/^@/m)[0]!);
}
