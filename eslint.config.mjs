import js from "@eslint/js";
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**"] },
  js.configs.recommended,
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    // Must start on old Node, to say that it is too old.
    files: ["proxy-image/bin/*.js"],
    languageOptions: {
      ecmaVersion: 5,
      sourceType: "commonjs",
      globals: { process: "readonly", console: "readonly", require: "readonly", module: "writable" },
    },
  },
  {
    files: ["proxy-image/src/cli/dashboard/page/*.js"],
    languageOptions: {
      sourceType: "module",
      globals: Object.fromEntries(
        [
          "addEventListener",
          "document",
          "fetch",
          "HTMLInputElement",
          "location",
          "setInterval",
          "window",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: "./tsconfig.test.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
      // Pulumi's schema inference knows index signatures, not Record.
      "@typescript-eslint/consistent-indexed-object-style": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // These programs read what clients, third parties and DNS servers send: a regular expression that backtracks would
    // let them stop the event loop.
    files: ["proxy-image/**/*.ts"],
    plugins: { regexp },
    rules: {
      "regexp/no-super-linear-backtracking": ["error", { report: "potential" }],
      "regexp/no-super-linear-move": ["error", { report: "potential", ignoreSticky: false }],
      "regexp/no-misleading-capturing-group": "error",
      "regexp/no-dupe-disjunctions": "error",
      "regexp/optimal-quantifier-concatenation": "off",
    },
  },
  {
    files: ["monitoring/**/*.ts"],
    // The schema that the dashboards' sidecar and all supported versions of Grafana load.
    rules: { "@typescript-eslint/no-deprecated": "off" },
  },
  {
    files: ["tests/**/*.ts"],
    // node:test's describe() and it() return promises that the runner awaits itself.
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
);
