import js from "@eslint/js";
import noUnsanitized from "eslint-plugin-no-unsanitized";
import globals from "globals";

const browserGlobals = { ...globals.browser, browser: "readonly" };

export default [
  js.configs.recommended,
  noUnsanitized.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: "error",
      eqeqeq: "error",
      "max-lines": ["error", { max: 350 }],
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["extension/{background,consent,dialog,help,options,popup,ui}/**/*.js"],
    languageOptions: { globals: browserGlobals },
  },
  {
    // Content scripts share one global scope, in the order of the manifest; tsc checks that each
    // name in it exists.
    files: ["extension/content/**/*.js"],
    languageOptions: { sourceType: "script", globals: browserGlobals },
    rules: { "no-undef": "off", "no-unused-vars": ["error", { vars: "local" }] },
  },
  {
    files: ["tests/unit/extension/**/*.mjs", "eslint.config.mjs"],
    languageOptions: { globals: globals.node },
  },
];
