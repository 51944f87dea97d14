/**
 * Which names lead to this machine or network, though they look public: those of an intranet do.
 *
 * Firefox has just looked the name up, for it shows the picture. It is asked for what it found, and
 * looks nothing up for us: where it did not (a proxy did), nothing is known.
 */

import { isPrivateAddress } from "./addresses.js";

export class Names {
  #dns;

  /**
   * @param {{ resolve(name: string, flags: "offline"[]): Promise<{ addresses: string[] }> }} dns
   *   browser.dns
   */
  constructor(dns) {
    this.#dns = dns;
  }

  /**
   * @param {string} url
   * @returns {Promise<boolean>} whether one of its host's addresses is one of this machine or
   *   network, as far as Firefox knows
   */
  async leadInside(url) {
    const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: "", hostname: "" };
    if (protocol !== "http:" && protocol !== "https:") {
      return false;
    }
    try {
      const { addresses } = await this.#dns.resolve(hostname, ["offline"]);
      return addresses.some((one) => isPrivateAddress(`http://${inBrackets(one)}/`));
    } catch {
      return false;
    }
  }
}

/**
 * @param {string} address IPv4, or IPv6, maybe with a zone
 * @returns {string} as it stands in a URL
 */
function inBrackets(address) {
  return address.includes(":") ? `[${address.split("%")[0]}]` : address;
}
