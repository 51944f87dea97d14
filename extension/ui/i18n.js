/** Puts the user's language into a page of the extension. */

/**
 * @param {string} key of a message in _locales
 * @param {...(string | number)} values for its placeholders
 * @returns {string}
 */
export function t(key, ...values) {
  return browser.i18n.getMessage(key, values.map(String));
}

/**
 * Fills in each element with `data-i18n`, and says which language the page is in. The direction is
 * that of Firefox, whose window the page is a part of; a text in another direction keeps its own.
 */
export function localise() {
  document.documentElement.lang = t("languageTag");
  document.documentElement.dir = t("@@bidi_dir");
  for (const element of document.querySelectorAll("[data-i18n]")) {
    element.textContent = t(/** @type {HTMLElement} */ (element).dataset.i18n ?? "");
  }
}

/**
 * @param {string} id
 * @returns {any} the element, which the page has
 */
export function byId(id) {
  return document.getElementById(id);
}
