// The rooms of docs/architecture.md: imports run one way, and only through a room's index.ts.
/** Which rooms each room may import from, besides itself, errors.ts, findings.ts, hints.ts, json.ts and process.ts. */
const ALLOWED = {
  options: [],
  patterns: [],
  verbalizers: ["patterns"],
  metrics: [],
  results: ["metrics"],
  report: ["metrics", "results"],
  "fetch/cache": [],
  "fetch/http": [],
  "fetch/hub": ["fetch/cache", "fetch/http"],
  "fetch/files": ["fetch/cache", "fetch/http"],
  tasks: ["fetch/files", "patterns", "verbalizers", "metrics"],
  "models/config": [],
  "models/onnx": [],
  "models/checkpoint": [],
  "models/tokenizers": [],
  "models/sources": ["fetch/cache", "fetch/http", "fetch/hub", "models/config", "models/tokenizers"],
  "models/glm": ["fetch/cache", "models/config", "models/onnx", "models/checkpoint", "models/tokenizers"],
  "models/devices": ["models/checkpoint", "models/glm", "models/onnx"],
  "models/export": ["fetch/cache", "models/config", "models/onnx", "models/tokenizers"],
  scoring: [
    "options",
    "patterns",
    "models/config",
    "models/onnx",
    "models/devices",
    "models/glm",
    "models/export",
    "models/sources",
    "models/tokenizers",
  ],
  runner: [
    "options",
    "fetch/cache",
    "patterns",
    "verbalizers",
    "tasks",
    "scoring",
    "metrics",
    "results",
    "report",
  ],
};

const DOORS = [
  "^src/(bundled|errors|findings|hints|json|process|wrap)\\.ts$",
  "^src/[^/]+/index\\.ts$",
  "^src/(fetch|models)/[^/]+/index\\.ts$",
];

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(ALLOWED).map(([room, others]) => ({
      name: `${room.replace("/", "-")}-imports`,
      comment: `${room} may import from ${["errors", ...others].join(", ")} only`,
      severity: "error",
      from: { path: `^src/${room}/` },
      to: {
        path: "^src/",
        pathNot: [
          "^src/(bundled|errors|findings|hints|json|process|wrap)\\.ts$",
          `^src/${room}/`,
          ...others.map((o) => `^src/${o}/index\\.ts$`),
        ],
      },
    })),
    {
      name: "one-door",
      comment: "the command and the library enter a room by its index.ts only",
      severity: "error",
      from: { path: "^src/(cli/|index\\.ts)" },
      to: { path: "^src/", pathNot: [...DOORS, "^src/cli/"] },
    },
    {
      name: "no-dev-dependencies",
      severity: "error",
      from: { path: "^src" },
      to: { dependencyTypes: ["npm-dev"], pathNot: "@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
