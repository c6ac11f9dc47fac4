import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import "./browser-globals.js";

const STATIC = fileURLToPath(new URL("../../service/web_ui/static/", import.meta.url));
const { selectLanguage } = await import("../../service/web_ui/static/lib/language.js");
const { getDisplayName, setTexts, t, textOr } =
  await import("../../service/web_ui/static/lib/i18n.js");

/** Parts of the key of a text that only the service knows, such as names of units. */
const SERVICE_KEYS = [
  "unit.",
  "machine.",
  "rule.",
  "limit.",
  "change.",
  "category.",
  "province.",
  "scenario.",
  "outcome.",
  "status.",
  "problem.",
  "start.stage.",
  "audit.act.",
  "audit.detail.",
  "explanation.rule.",
  "approval.state.",
  "approval.act.",
  "approval.done.",
  "unit-one.",
];

/** Private words of earlier versions, which must not return. */
const BANNED =
  /\b(nursery|courier|errand|yardstick|kinks?|restand|foretold|foretell|evenness|standing|seats?|unburied|losable|barred|biting|joined places|resting|mender|oddities|knobs?|atlas)\b/i;

const MAX_WORDS = 25;

/** @param {string} language @returns {Promise<Record<string, Record<string, string>>>} texts by file */
async function readTexts(language) {
  /** @type {Record<string, Record<string, string>>} */
  const files = {};
  for (const name of readdirSync(`${STATIC}i18n`)) {
    if (!name.startsWith(language)) continue;
    files[name.slice(language.length)] = (await import(`${STATIC}i18n/${name}`)).default;
  }
  return files;
}

/** @returns {{path: string, source: string}[]} */
function readSources() {
  const paths = readdirSync(STATIC, { recursive: true }).map(String);
  return paths
    .filter(
      (path) => path.endsWith(".js") && !path.startsWith("vendor") && !path.startsWith("i18n"),
    )
    .map((path) => ({ path, source: readFileSync(STATIC + path, "utf8") }));
}

const english = await readTexts("en");
const korean = await readTexts("ko");
/** @type {Record<string, string>} */
const allEnglish = Object.assign({}, ...Object.values(english));
/** @type {Record<string, string>} */
const allKorean = Object.assign({}, ...Object.values(korean));

describe("numbers in texts", () => {
  const forms = { changes: "{n} changes", "changes-one": "{n} change" };

  it("take the form of the language", () => {
    setTexts("en", forms);
    assert.equal(t("changes", { n: 1 }), "1 change");
    assert.equal(t("changes", { n: "1" }), "1 change");
    assert.equal(t("changes", { n: 0 }), "0 changes");
    assert.equal(t("changes", { n: "29,049" }), "29,049 changes");
    setTexts("ko", forms);
    assert.equal(t("changes", { n: 1 }), "1 changes");
  });
});

describe("texts", () => {
  it("exist in both languages, in files of the same names", () => {
    for (const [file, texts] of Object.entries(english)) {
      const missing = Object.keys(texts).filter((key) => !(key in (korean[file] ?? {})));
      assert.deepEqual(missing, [], file);
    }
  });

  it("have the same placeholders in both languages", () => {
    /** @param {string} text */
    const list = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    for (const [key, text] of Object.entries(allEnglish)) {
      assert.deepEqual(list(allKorean[key]), list(text), key);
    }
  });

  it("have keys in one file only", () => {
    const keys = Object.values(english).flatMap((texts) => Object.keys(texts));
    assert.equal(new Set(keys).size, keys.length);
  });

  it("exist for every literal key in the sources", () => {
    const missing = readSources().flatMap(({ path, source }) =>
      [...source.matchAll(/\bt\(\s*"([^"]+)"/g)]
        .map((match) => match[1])
        .filter((key) => !(key in allEnglish))
        .map((key) => `${path}: ${key}`),
    );
    assert.deepEqual(missing, []);
  });

  it("are all used", () => {
    const code = readSources()
      .map(({ source }) => source)
      .join("\n");
    const prefixes = [...code.matchAll(/`([a-z][a-z-]*(?:\.[a-z-]+)*[.-])\$\{/g)].map((m) => m[1]);
    const unused = Object.keys(allEnglish).filter(
      (key) =>
        !code.includes(`"${key.replace(/-one$/, "")}"`) &&
        ![...prefixes, ...SERVICE_KEYS].some((p) => key.startsWith(p)),
    );
    assert.deepEqual(unused, []);
  });

  it("write percentages as numbers are formatted, without a space", () => {
    for (const all of [allEnglish, allKorean]) {
      assert.deepEqual(
        Object.entries(all).filter(([, text]) => /[\d}]\s%/.test(text)),
        [],
      );
    }
  });

  it("have sentences of at most 25 words", () => {
    const long = Object.entries(allEnglish).flatMap(([key, text]) =>
      text
        .split(/[.;:?!] /)
        .filter((sentence) => sentence.split(/\s+/).length > MAX_WORDS)
        .map((sentence) => `${key}: ${sentence}`),
    );
    assert.deepEqual(long, []);
  });

  it("and sources use none of the private words of earlier versions", () => {
    const found = Object.entries(allEnglish).filter(([key, text]) => BANNED.test(`${key} ${text}`));
    assert.deepEqual(found, []);
    for (const { path, source } of readSources()) {
      const words = source.replace(/([a-z])([A-Z])/g, "$1 $2").match(BANNED);
      assert.equal(words, null, `${path}: ${words?.[0]}`);
    }
  });
});

describe("t", () => {
  it("replaces placeholders and returns unknown keys", () => {
    setTexts("en", { greeting: "{a} and {b}" });
    assert.equal(t("greeting", { a: 1 }), "1 and {b}");
    assert.equal(t("unknown.key"), "unknown.key");
    assert.equal(textOr("unknown.key", "fallback"), "fallback");
  });

  it("chooses Korean particles", () => {
    setTexts("ko", {
      subject: "{name}이(가)",
      object: "{name}을(를)",
      with: "{name}와(과)",
      to: "{name}(으)로",
    });
    /** @param {string} name */
    const forms = (name) => ["subject", "object", "with", "to"].map((key) => t(key, { name }));
    assert.deepEqual(forms("혜산시"), ["혜산시가", "혜산시를", "혜산시와", "혜산시로"]);
    assert.deepEqual(forms("갑산군"), ["갑산군이", "갑산군을", "갑산군과", "갑산군으로"]);
    assert.equal(t("to", { name: "서울" }), "서울로");
    assert.equal(t("subject", { name: "Hyesan" }), "Hyesan이(가)");
  });
});

describe("languages", () => {
  it("follow the user, then the browser, then English", () => {
    assert.equal(selectLanguage("ko", ["en-GB"]), "ko");
    assert.equal(selectLanguage(null, ["fr-FR", "ko-KR"]), "ko");
    assert.equal(selectLanguage("xx", ["fr"]), "en");
  });

  it("select the local name in Korean only", () => {
    const county = { id: "hyesan", name: "Hyesan City", local_name: "혜산시" };
    setTexts("ko", {});
    assert.equal(getDisplayName(county), "혜산시");
    setTexts("en", {});
    assert.equal(getDisplayName(county), "Hyesan City");
    assert.equal(getDisplayName({ id: "x" }), "x");
  });
});
