import type { Graph, GraphNode } from "./onnx-graph.js";

/** Maps each value to the node that produces it. */
export function findProducers(graph: Graph): Map<string, GraphNode> {
  const map = new Map<string, GraphNode>();
  for (const node of graph.nodes) for (const output of node.outputs) if (output) map.set(output, node);
  return map;
}

/** Lists a graph and the graphs nested in it, such as the branches of an If. */
export function listGraphs(graph: Graph): Graph[] {
  const inner = graph.nodes.flatMap((node) => [...node.subgraphs.values()]);
  return [graph, ...inner.flatMap((subgraph) => listGraphs(subgraph.graph))];
}

/** Finds the nodes that read a value, directly or in their subgraphs. */
export function findConsumers(graph: Graph, name: string): GraphNode[] {
  return graph.nodes.filter(
    (node) => node.inputs.includes(name) || (node.subgraphs.size > 0 && listReads(node).has(name)),
  );
}

/** Makes a node, including its subgraphs, read `to` instead of `from`. */
export function replaceInput(node: GraphNode, from: string, to: string): void {
  node.inputs = node.inputs.map((input) => (input === from ? to : input));
  for (const { graph } of node.subgraphs.values())
    for (const inner of graph.nodes) replaceInput(inner, from, to);
}

/**
 * Replaces an If with the nodes and constants of one of its branches.
 * @param branch "then_branch" or "else_branch"
 */
export function inlineBranch(graph: Graph, node: GraphNode, branch: string): void {
  const inner = node.subgraphs.get(branch)!.graph;
  for (const [name, initializer] of inner.initializers) graph.initializers.set(name, initializer);
  graph.nodes = graph.nodes.flatMap((other) => (other === node ? inner.nodes : [other]));
  // ONNX requires names to be unique across a graph and its subgraphs, so nothing else needs renaming. Exporters do
  // give an If's outputs the same names as in the branch; then the value is already the right one.
  [...inner.outputs.keys()].forEach((source, k) => {
    const name = node.outputs[k];
    if (name && name !== source) graph.alias(name, source);
  });
}

/**
 * Removes nodes and constants that no output needs, and sorts the nodes so that each follows those it reads. Inputs are
 * kept.
 */
export function prune(graph: Graph): void {
  const makers = findProducers(graph);
  const ordered: GraphNode[] = [];
  const state = new Map<GraphNode, "open" | "done">();
  const used = new Set<string>();
  // Not recursive, because a graph may be thousands of nodes deep.
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
        for (const read of [...listReads(node)].reverse()) need(read);
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

/**
 * Lists the values that a node reads, including those read in its subgraphs (and the subgraphs' own, which is
 * harmless).
 */
function listReads(node: GraphNode): Set<string> {
  const names = new Set(node.inputs);
  for (const { graph } of node.subgraphs.values()) {
    for (const inner of graph.nodes) for (const name of listReads(inner)) names.add(name);
    for (const output of graph.outputs.keys()) names.add(output);
  }
  names.delete("");
  return names;
}
