import type { Graph, GraphNode } from "./onnx-graph.js";

/** Which node makes each value. */
export function producers(graph: Graph): Map<string, GraphNode> {
  const map = new Map<string, GraphNode>();
  for (const node of graph.nodes) for (const output of node.outputs) if (output) map.set(output, node);
  return map;
}

/** A graph and the graphs within it, such as the branches of an If. */
export function allGraphs(graph: Graph): Graph[] {
  const inner = graph.nodes.flatMap((node) => [...node.subgraphs.values()]);
  return [graph, ...inner.flatMap((subgraph) => allGraphs(subgraph.graph))];
}

/** The nodes that read a value, themselves or in their subgraphs. */
export function consumers(graph: Graph, name: string): GraphNode[] {
  return graph.nodes.filter(
    (node) => node.inputs.includes(name) || (node.subgraphs.size > 0 && reads(node).has(name)),
  );
}

/** Makes a node, its subgraphs included, read `to` instead of `from`. */
export function replaceInput(node: GraphNode, from: string, to: string): void {
  node.inputs = node.inputs.map((input) => (input === from ? to : input));
  for (const { graph } of node.subgraphs.values())
    for (const inner of graph.nodes) replaceInput(inner, from, to);
}

/**
 * Puts the nodes and constants of one branch of an If in the If's place.
 * @param branch "then_branch" or "else_branch"
 */
export function inlineBranch(graph: Graph, node: GraphNode, branch: string): void {
  const inner = node.subgraphs.get(branch)!.graph;
  for (const [name, initializer] of inner.initializers) graph.initializers.set(name, initializer);
  graph.nodes = graph.nodes.flatMap((other) => (other === node ? inner.nodes : [other]));
  // By ONNX's rule a name means one thing in a graph and its subgraphs, so nothing else need be renamed; exporters do
  // give an If's outputs the names that the branch has for them, and then the value is the same already.
  [...inner.outputs.keys()].forEach((source, k) => {
    const name = node.outputs[k];
    if (name && name !== source) graph.alias(name, source);
  });
}

/**
 * Removes nodes and constants that no output needs, and puts the nodes in an order in which each follows those it
 * reads. Inputs stay.
 */
export function prune(graph: Graph): void {
  const makers = producers(graph);
  const ordered: GraphNode[] = [];
  const state = new Map<GraphNode, "open" | "done">();
  const used = new Set<string>();
  // Not recursive: a graph may be thousands of nodes deep.
  const stack: GraphNode[] = [];
  const need = (name: string): void => {
    used.add(name);
    const maker = makers.get(name);
    if (maker && !state.has(maker)) stack.push(maker);
  };
  const visit = (name: string): void => {
    need(name);
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (state.get(node) === undefined) {
        state.set(node, "open");
        for (const read of [...reads(node)].reverse()) need(read);
      } else {
        stack.pop();
        if (state.get(node) === "open") ordered.push(node);
        state.set(node, "done");
      }
    }
  };
  for (const output of graph.outputs.keys()) visit(output);
  graph.nodes = ordered;
  for (const name of graph.initializers.keys()) if (!used.has(name)) graph.initializers.delete(name);
}

/** The values that a node reads, its subgraphs' among them (with names of their own, which do no harm). */
function reads(node: GraphNode): Set<string> {
  const names = new Set(node.inputs);
  for (const { graph } of node.subgraphs.values()) {
    for (const inner of graph.nodes) for (const name of reads(inner)) names.add(name);
    for (const output of graph.outputs.keys()) names.add(output);
  }
  names.delete("");
  return names;
}
