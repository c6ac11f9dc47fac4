import js from "@eslint/js";
import globals from "globals";

export default [
  {
    // Only the page, its tests and this file are linted; other files have their own tools.
    ignores: [
      "*/",
      "!service/",
      "service/*/",
      "!service/web_ui/",
      "!tests/",
      "tests/*/",
      "!tests/web_ui/",
      "**/vendor/",
    ],
  },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    rules: {
      "array-callback-return": "error",
      "consistent-return": "error",
      curly: ["error", "multi-line"],
      "default-case-last": "error",
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { args: "all", argsIgnorePattern: "^_", caughtErrors: "all" }],
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 80, skipComments: true, skipBlankLines: true }],
      complexity: ["error", 12],
    },
  },
  {
    files: ["service/web_ui/**"],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-restricted-properties": [
        "error",
        {
          property: "innerHTML",
          message: "Create elements with h(): data is never parsed as HTML.",
        },
        {
          property: "outerHTML",
          message: "Create elements with h(): data is never parsed as HTML.",
        },
        { property: "insertAdjacentHTML", message: "Create elements with h()." },
      ],
    },
  },
  { files: ["tests/web_ui/**", "eslint.config.js"], languageOptions: { globals: globals.node } },
];
