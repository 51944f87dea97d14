/**
 * What is written into a page for an answer of the host.
 *
 * The words around a caption are in the caption's language, whatever the language of Firefox: a
 * screen reader speaks an alternative text with one voice. So they are here and not in _locales.
 */

import { plain } from "./answer.js";

/** @typedef {import("./settings_schema.js").Settings} Settings */

/**
 * The part of the host's answer that words are made of.
 * @typedef {object} Said
 * @property {import("./protocol.js").Kind} kind
 * @property {string} text
 * @property {string} [read] what is written in the picture
 * @property {import("./protocol.js").Level} level how the text may be said
 * @property {string} model
 * @property {string} language BCP 47
 */

/**
 * `alt`: what to write; null for nothing, the image stays as it was. `mark`: the value of
 * `data-altlens`; null for none.
 * @typedef {{ alt: string | null, mark: string | null }} Words
 */

/** @typedef {{ perhaps: string, text: string, picture: string, unsure: string }} Phrases */

/** @type {Record<string, Phrases>} */
const PHRASES = {
  de: {
    perhaps: "Vielleicht: ",
    text: "Text: ",
    picture: "Bild mit Text",
    unsure: "Keine Beschreibung",
  },
  en: {
    perhaps: "Perhaps: ",
    text: "Text: ",
    picture: "Picture of text",
    unsure: "No description",
  },
  es: {
    perhaps: "Quizás: ",
    text: "Texto: ",
    picture: "Imagen con texto",
    unsure: "Sin descripción",
  },
  fr: {
    perhaps: "Peut-être : ",
    text: "Texte : ",
    picture: "Image de texte",
    unsure: "Pas de description",
  },
};

/** The most characters, for a screen reader says all of an alternative text in one breath. */
const MOST = { short: 125, full: 500 };

const MODEL_NAME = /^[\w.-]{1,64}$/;

/**
 * @param {Said} said
 * @param {Settings} settings
 * @param {{ mayReadText: boolean }} page whether the page can see the picture itself: what we write
 *   is the page's to read, so text in a picture that it cannot see is not for it
 * @returns {Words}
 */
export function wordsFor(said, settings, { mayReadText }) {
  const { kind, language } = said;
  if (kind === "decorative") {
    return written("", said, settings);
  }
  const phrases = phrasesIn(language);
  const words = wordsOf(said, phrases, settings, mayReadText);
  if (words !== "") {
    return written(settings.prefix + words, said, settings);
  }
  return settings.sayUnsure
    ? written(settings.prefix + phrases.unsure, { ...said, kind: "unsure" }, settings)
    : { alt: null, mark: null };
}

/**
 * @param {string} language
 * @returns {Phrases} those in English where there are none in the language
 */
function phrasesIn(language) {
  const [primary] = language.toLowerCase().split("-");
  return Object.hasOwn(PHRASES, primary) ? PHRASES[primary] : PHRASES.en;
}

/**
 * @param {Said} said
 * @param {Phrases} phrases
 * @param {Settings} settings
 * @param {boolean} mayReadText
 * @returns {string} empty where there is nothing that may be said
 */
function wordsOf(said, phrases, settings, mayReadText) {
  const text = plain(said.text);
  if (text === "" || said.kind === "unsure") {
    return "";
  }
  if (said.kind === "text") {
    return mayReadText ? phrases.text + cut(text, MOST[settings.verbosity]) : phrases.picture;
  }
  let caption = "";
  if (said.level !== "unsure") {
    caption = mayReadText
      ? cut(text, MOST[settings.verbosity])
      : cut(withoutReading(text), MOST.short);
  }
  const hedge = caption !== "" && settings.hedge && said.level === "hedged";
  const hedged = hedge ? phrases.perhaps + caption : caption;
  const read = mayReadText ? plain(said.read ?? "") : "";
  if (read === "") {
    return hedged;
  }
  const stop = hedged === "" || /[.!?…]$/u.test(hedged) ? "" : ".";
  return `${hedged}${stop} ${phrases.text}${cut(read, MOST[settings.verbosity])}`.trimStart();
}

/**
 * Takes out of a caption what may have been read from the picture: quotations, what stands behind
 * "says" or "reads", and all with digits.
 * @param {string} caption
 * @returns {string}
 */
function withoutReading(caption) {
  return caption
    .replace(/["“”„«»‘`][\s\S]*$/u, "")
    .replace(/\s(?:(?:that|which)\s+)?(?:says?|saying|said|reads?|reading|spells?)\s[^.]*/giu, "")
    .replace(/\swith the (?:words?|text|letters?|numbers?)\s[^.]*/giu, "")
    .replace(/\S*\p{N}\S*/gu, "")
    .replace(/\s+/gu, " ")
    .replace(/[\s,;:(–-]+$/u, "")
    .trim();
}

/**
 * @param {string} text
 * @param {number} most characters
 * @returns {string} cut between words, with an ellipsis, where it is longer
 */
function cut(text, most) {
  if (text.length <= most) {
    return text;
  }
  const start = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
  const space = start.lastIndexOf(" ");
  return `${space > most / 2 ? start.slice(0, space) : start}…`;
}

/**
 * @param {string} alt
 * @param {Said} said
 * @param {Settings} settings
 * @returns {Words}
 */
function written(alt, { kind, model }, { mark }) {
  if (!mark) {
    return { alt, mark: null };
  }
  return { alt, mark: MODEL_NAME.test(model) ? `${kind}:${model}` : kind };
}
