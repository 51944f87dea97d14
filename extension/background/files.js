/** Pages in files: since version 153 Firefox asks the user before an extension may read them. */

/**
 * @param {string} [url] of a page
 * @returns {Promise<boolean>} whether it is a file that Firefox does not let us read
 */
export async function isClosedFile(url) {
  const isFile = url?.startsWith("file:") === true;
  return isFile && !(await browser.extension.isAllowedFileSchemeAccess());
}
